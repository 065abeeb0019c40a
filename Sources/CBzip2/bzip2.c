#include "include/CBzip2.h"
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

Bzip2Functions bzip2;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem;

static void load(void) {
    void *library = dlopen("libbz2.so.1.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        problem = strdup(dlerror());
        return;
    }
#define BZIP2_LOOK_UP(name) \
    if (!(*(void **)&bzip2.name = dlsym(library, #name))) { problem = strdup(dlerror()); return; }
    BZIP2_FUNCTIONS(BZIP2_LOOK_UP)
}

const char *ladon_load_bzip2(void) {
    pthread_once(&once, load);
    return problem;
}
