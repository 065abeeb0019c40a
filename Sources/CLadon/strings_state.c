#include "CLadon.h"

LadonInternState ladon_interned;
