#include "include/CZlib.h"
#include <dlfcn.h>
#include <string.h>
#include <pthread.h>

ZlibFunctions zlib;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem;

static void load(void) {
    void *library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        problem = strdup(dlerror());
        return;
    }
#define ZLIB_LOOK_UP(name) \
    if (!(*(void **)&zlib.name = dlsym(library, #name))) { problem = strdup(dlerror()); return; }
    ZLIB_FUNCTIONS(ZLIB_LOOK_UP)
}

const char *ladon_load_zlib(void) {
    pthread_once(&once, load);
    return problem;
}
