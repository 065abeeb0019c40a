#include "include/CSQLite.h"
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

SQLiteFunctions sqlite;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem;

static void load(void) {
    void *library = dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        problem = strdup(dlerror());
        return;
    }
#define SQLITE_LOOK_UP(name) \
    if (!(*(void **)&sqlite.name = dlsym(library, #name))) { problem = strdup(dlerror()); return; }
    SQLITE_FUNCTIONS(SQLITE_LOOK_UP)
}

const char *ladon_load_sqlite(void) {
    pthread_once(&once, load);
    return problem;
}
