#include "CLadon.h"

LadonRuntimeState ladon_runtime;
__thread LadonThread *ladon_current_thread __attribute__((tls_model("initial-exec")));
