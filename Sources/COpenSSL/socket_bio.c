#include "include/COpenSSL.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static BIO_METHOD *method;

LadonSocketState *ladon_socket_state(BIO *bio) { return openssl.BIO_get_data(bio); }

/// Whether a call that failed may work later.
static int must_wait(int code) { return code == EAGAIN || code == EWOULDBLOCK || code == EINTR || code == EINPROGRESS || code == EALREADY || code == ENOTCONN; }

static int finish(BIO *bio, LadonSocketState *state, ssize_t count, int direction) {
    openssl.BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    state->failure = 0;
    if (count < 0) {
        if (must_wait(errno))
            openssl.BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY);
        else
            state->failure = errno;
    }
    return (int)count;
}

static int socket_read(BIO *bio, char *data, int length) {
    LadonSocketState *state = ladon_socket_state(bio);
    ssize_t count = recv(state->fd, data, (size_t)length, MSG_DONTWAIT);
    if (count == 0) state->isAtEnd = 1;
    return finish(bio, state, count, BIO_FLAGS_READ);
}

static int socket_write(BIO *bio, const char *data, int length) {
    LadonSocketState *state = ladon_socket_state(bio);
    return finish(bio, state, send(state->fd, data, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL), BIO_FLAGS_WRITE);
}

static long socket_ctrl(BIO *bio, int command, long argument, void *pointer) {
    (void)argument, (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return ladon_socket_state(bio)->isAtEnd;
    case BIO_C_GET_FD: return ladon_socket_state(bio)->fd;
    default: return 0;
    }
}

static int socket_destroy(BIO *bio) {
    free(ladon_socket_state(bio));
    return 1;
}

static void make_method(void) {
    method = openssl.BIO_meth_new(openssl.BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "ladon socket");
    if (!method) return;
    openssl.BIO_meth_set_read(method, socket_read);
    openssl.BIO_meth_set_write(method, socket_write);
    openssl.BIO_meth_set_ctrl(method, socket_ctrl);
    openssl.BIO_meth_set_destroy(method, socket_destroy);
}

BIO *ladon_socket_bio(int fd) {
    pthread_once(&once, make_method);
    BIO *bio = method ? openssl.BIO_new(method) : 0;
    LadonSocketState *state = bio ? calloc(1, sizeof *state) : 0;
    if (!state) return 0;
    state->fd = fd;
    openssl.BIO_set_data(bio, state);
    openssl.BIO_set_init(bio, 1);
    return bio;
}
