#include "include/COpenSSL.h"
#include <string.h>
#include <unistd.h>

LadonContextData *ladon_context_data(SSL_CTX *context) { return openssl.SSL_CTX_get_ex_data(context, 0); }

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offered, unsigned offeredLength, void *unused) {
    (void)unused;
    LadonContextData *data = ladon_context_data(openssl.SSL_get_SSL_CTX(ssl));
    const unsigned char *own = __atomic_load_n(&data->alpn, __ATOMIC_ACQUIRE);
    if (!own) return SSL_TLSEXT_ERR_NOACK;
    unsigned ownLength;
    memcpy(&ownLength, own, sizeof ownLength);
    int result = openssl.SSL_select_next_proto((unsigned char **)out, length, own + sizeof ownLength, ownLength, offered, offeredLength);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void ladon_use_alpn_selection(SSL_CTX *context) { openssl.SSL_CTX_set_alpn_select_cb(context, select_protocol, 0); }

/// One write per line to a file opened for appending: lines of several connections don't mix.
static void log_secret(const SSL *ssl, const char *line) {
    LadonContextData *data = ladon_context_data(openssl.SSL_get_SSL_CTX(ssl));
    char text[1024];
    size_t length = strlen(line);
    if (data->keylog < 0 || length + 1 > sizeof text) return;
    memcpy(text, line, length);
    text[length] = '\n';
    if (write(data->keylog, text, length + 1) < 0) return;
}

void ladon_use_keylog(SSL_CTX *context) { openssl.SSL_CTX_set_keylog_callback(context, log_secret); }

void ladon_set_servername_callback(SSL_CTX *context, int (*callback)(SSL *, int *, void *)) {
    openssl.SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, (void (*)(void))callback);
}
