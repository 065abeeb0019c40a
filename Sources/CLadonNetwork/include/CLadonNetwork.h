// Sockets for Swift: constants by name, addresses whose C types hide behind kernel headers, control messages (macros).
#ifndef CLADON_NETWORK_H
#define CLADON_NETWORK_H

#include <stdint.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <netinet/in.h>

/// A constant of `_socket`; the table ends with name NULL.
typedef struct LadonSocketConstant {
    const char *name;
    int64_t value;
} LadonSocketConstant;
const LadonSocketConstant *ladon_socket_constants(void);

// Addresses. Those that make one fill in `out`, zeroed before, and answer its length.

typedef struct LadonPacketAddress {
    int index;
    uint16_t protocol; // network order
    uint16_t hardwareType;
    uint8_t packetType;
    uint8_t count;
    uint8_t hardware[8];
} LadonPacketAddress;
socklen_t ladon_make_packet_address(struct sockaddr_storage *out, const LadonPacketAddress *fields);
void ladon_read_packet_address(const struct sockaddr_storage *address, LadonPacketAddress *out);

socklen_t ladon_make_netlink_address(struct sockaddr_storage *out, uint32_t pid, uint32_t groups);
void ladon_read_netlink_address(const struct sockaddr_storage *address, uint32_t *pid, uint32_t *groups);

socklen_t ladon_make_vsock_address(struct sockaddr_storage *out, uint32_t cid, uint32_t port);
void ladon_read_vsock_address(const struct sockaddr_storage *address, uint32_t *cid, uint32_t *port);

socklen_t ladon_make_qipcrtr_address(struct sockaddr_storage *out, uint32_t node, uint32_t port);
void ladon_read_qipcrtr_address(const struct sockaddr_storage *address, uint32_t *node, uint32_t *port);

/// `kind` is TIPC_ADDR_…: a range of names (type, lower, upper), a name (type, instance, domain) or an id (node, ref).
socklen_t ladon_make_tipc_address(struct sockaddr_storage *out, uint8_t kind, uint8_t scope, uint32_t a, uint32_t b, uint32_t c);
/// False: a kind that is not known.
bool ladon_read_tipc_address(const struct sockaddr_storage *address, uint8_t *kind, uint8_t *scope, uint32_t *a, uint32_t *b, uint32_t *c);

/// 0 when a text is too long.
socklen_t ladon_make_alg_address(struct sockaddr_storage *out, const char *type, const char *name, uint32_t feat, uint32_t mask);

socklen_t ladon_make_can_address(struct sockaddr_storage *out, int index);
socklen_t ladon_make_can_isotp_address(struct sockaddr_storage *out, int index, uint32_t receive, uint32_t send);
socklen_t ladon_make_can_j1939_address(struct sockaddr_storage *out, int index, uint64_t name, uint32_t group, uint8_t address);
int ladon_read_can_index(const struct sockaddr_storage *address);
void ladon_read_can_isotp_address(const struct sockaddr_storage *address, uint32_t *receive, uint32_t *send);
void ladon_read_can_j1939_address(const struct sockaddr_storage *address, uint64_t *name, uint32_t *group, uint8_t *one);

/// Names of network interfaces: the name for an index (16 bytes at `out`), the index for a name (0: errno is set).
bool ladon_interface_name(unsigned index, char *out);
unsigned ladon_interface_index(const char *name);

// Control messages.

size_t ladon_cmsg_len(size_t length);
size_t ladon_cmsg_space(size_t length);

typedef struct LadonControlMessage {
    int level, type;
    void *data;
    size_t length;
    /// The system cut it off.
    bool isTruncated;
} LadonControlMessage;
/// Steps through the control messages of a received header: `*position` NULL at first, left at the message found. False at
/// the end; a message whose length lies behind the buffer ends the walk too.
bool ladon_next_control(const struct msghdr *header, void **position, LadonControlMessage *out);
/// Appends a control message to the buffer of `header` (zeroed, msg_controllen its whole size): where to put `length` bytes of data.
/// NULL: no room.
void *ladon_add_control(struct msghdr *header, void **position, int level, int type, size_t length);

/// A struct ucred's or in6_pktinfo's fields need no help; these have type-generic or overloaded names in C.
int ladon_connect(int fd, const struct sockaddr_storage *address, socklen_t length);
int ladon_bind(int fd, const struct sockaddr_storage *address, socklen_t length);
int ladon_accept(int fd, struct sockaddr_storage *address, socklen_t *length, int flags);
int ladon_getsockname(int fd, struct sockaddr_storage *address, socklen_t *length);
int ladon_getpeername(int fd, struct sockaddr_storage *address, socklen_t *length);
ssize_t ladon_sendto(int fd, const void *data, size_t count, int flags, const struct sockaddr_storage *address, socklen_t length);
ssize_t ladon_recvfrom(int fd, void *data, size_t count, int flags, struct sockaddr_storage *address, socklen_t *length);
int ladon_socket(int family, int type, int protocol);
int ladon_socketpair(int family, int type, int protocol, int ends[2]);

#endif
