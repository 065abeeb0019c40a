#include "include/COpenSSL.h"
#include <dlfcn.h>
#include <string.h>
#include <pthread.h>

OpenSSLFunctions openssl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem;

static void load(void) {
    void *crypto = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    void *ssl = crypto ? dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL) : 0;
    if (!ssl) {
        problem = strdup(dlerror());
        return;
    }
#define LOOK_UP_CRYPTO(name) \
    if (!(*(void **)&openssl.name = dlsym(crypto, #name))) { problem = strdup(dlerror()); return; }
#define LOOK_UP_SSL(name) \
    if (!(*(void **)&openssl.name = dlsym(ssl, #name))) { problem = strdup(dlerror()); return; }
    OPENSSL_CRYPTO_FUNCTIONS(LOOK_UP_CRYPTO)
    OPENSSL_SSL_FUNCTIONS(LOOK_UP_SSL)
    openssl.OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, 0);
}

const char *ladon_load_openssl(void) {
    pthread_once(&once, load);
    return problem;
}
