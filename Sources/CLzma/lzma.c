#include "include/CLzma.h"
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

LzmaFunctions lzma;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem;

static void load(void) {
    void *library = dlopen("liblzma.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        problem = strdup(dlerror());
        return;
    }
#define LZMA_LOOK_UP(name) \
    if (!(*(void **)&lzma.name = dlsym(library, #name))) { problem = strdup(dlerror()); return; }
    LZMA_FUNCTIONS(LZMA_LOOK_UP)
}

const char *ladon_load_lzma(void) {
    pthread_once(&once, load);
    return problem;
}
