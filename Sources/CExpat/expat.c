#include "include/CExpat.h"
#include <dlfcn.h>
#include <string.h>
#include <pthread.h>

ExpatFunctions expat;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem;

static void load(void) {
    void *library = dlopen("libexpat.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        problem = strdup(dlerror());
        return;
    }
#define EXPAT_LOOK_UP(name) \
    if (!(*(void **)&expat.name = dlsym(library, #name))) { problem = strdup(dlerror()); return; }
    EXPAT_FUNCTIONS(EXPAT_LOOK_UP)
}

const char *ladon_load_expat(void) {
    pthread_once(&once, load);
    return problem;
}
