// Control messages, and the calls whose address argument is a transparent union in C.

#define _GNU_SOURCE 1
#include "CLadonNetwork.h"

size_t ladon_cmsg_len(size_t length) { return CMSG_LEN(length); }
size_t ladon_cmsg_space(size_t length) { return CMSG_SPACE(length); }

bool ladon_next_control(const struct msghdr *header, void **position, LadonControlMessage *out) {
    struct cmsghdr *c = *position ? CMSG_NXTHDR((struct msghdr *)header, (struct cmsghdr *)*position) : CMSG_FIRSTHDR(header);
    if (!c || header->msg_controllen < CMSG_LEN(0)) return false;
    const char *end = (const char *)header->msg_control + header->msg_controllen;
    const char *data = (const char *)CMSG_DATA(c);
    if (data > end || c->cmsg_len < CMSG_LEN(0)) return false;
    size_t room = (size_t)(end - data), length = c->cmsg_len - CMSG_LEN(0);
    *position = c;
    out->level = c->cmsg_level;
    out->type = c->cmsg_type;
    out->data = (void *)data;
    out->length = length < room ? length : room;
    out->isTruncated = length > room;
    return true;
}

void *ladon_add_control(struct msghdr *header, void **position, int level, int type, size_t length) {
    struct cmsghdr *c = *position ? CMSG_NXTHDR(header, (struct cmsghdr *)*position) : CMSG_FIRSTHDR(header);
    if (!c) return 0;
    const char *end = (const char *)header->msg_control + header->msg_controllen;
    if ((const char *)c + CMSG_LEN(length) > end) return 0;
    c->cmsg_level = level;
    c->cmsg_type = type;
    c->cmsg_len = CMSG_LEN(length);
    *position = c;
    return CMSG_DATA(c);
}

int ladon_connect(int fd, const struct sockaddr_storage *address, socklen_t length) { return connect(fd, (const struct sockaddr *)address, length); }
int ladon_bind(int fd, const struct sockaddr_storage *address, socklen_t length) { return bind(fd, (const struct sockaddr *)address, length); }
int ladon_accept(int fd, struct sockaddr_storage *address, socklen_t *length, int flags) {
    return accept4(fd, (struct sockaddr *)address, length, flags);
}
int ladon_getsockname(int fd, struct sockaddr_storage *address, socklen_t *length) { return getsockname(fd, (struct sockaddr *)address, length); }
int ladon_getpeername(int fd, struct sockaddr_storage *address, socklen_t *length) { return getpeername(fd, (struct sockaddr *)address, length); }
ssize_t ladon_sendto(int fd, const void *data, size_t count, int flags, const struct sockaddr_storage *address, socklen_t length) {
    return sendto(fd, data, count, flags, (const struct sockaddr *)address, length);
}
ssize_t ladon_recvfrom(int fd, void *data, size_t count, int flags, struct sockaddr_storage *address, socklen_t *length) {
    return recvfrom(fd, data, count, flags, (struct sockaddr *)address, length);
}
int ladon_socket(int family, int type, int protocol) { return socket(family, type, protocol); }
int ladon_socketpair(int family, int type, int protocol, int ends[2]) { return socketpair(family, type, protocol, ends); }
