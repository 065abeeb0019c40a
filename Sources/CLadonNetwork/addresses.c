// Addresses of the families that only the kernel's headers know.

#define _GNU_SOURCE 1
#include "CLadonNetwork.h"
#include <linux/can.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <string.h>

#define NEW(type, name, family_field, family_value) \
    type *name = (type *)out;                        \
    memset(out, 0, sizeof *out);                     \
    name->family_field = family_value

socklen_t ladon_make_packet_address(struct sockaddr_storage *out, const LadonPacketAddress *fields) {
    NEW(struct sockaddr_ll, a, sll_family, AF_PACKET);
    a->sll_protocol = fields->protocol;
    a->sll_ifindex = fields->index;
    a->sll_pkttype = fields->packetType;
    a->sll_hatype = fields->hardwareType;
    a->sll_halen = fields->count;
    memcpy(a->sll_addr, fields->hardware, sizeof a->sll_addr);
    return sizeof *a;
}

void ladon_read_packet_address(const struct sockaddr_storage *address, LadonPacketAddress *out) {
    const struct sockaddr_ll *a = (const struct sockaddr_ll *)address;
    out->index = a->sll_ifindex;
    out->protocol = a->sll_protocol;
    out->hardwareType = a->sll_hatype;
    out->packetType = a->sll_pkttype;
    out->count = a->sll_halen < 8 ? a->sll_halen : 8;
    memcpy(out->hardware, a->sll_addr, 8);
}

socklen_t ladon_make_netlink_address(struct sockaddr_storage *out, uint32_t pid, uint32_t groups) {
    NEW(struct sockaddr_nl, a, nl_family, AF_NETLINK);
    a->nl_pid = pid;
    a->nl_groups = groups;
    return sizeof *a;
}

void ladon_read_netlink_address(const struct sockaddr_storage *address, uint32_t *pid, uint32_t *groups) {
    const struct sockaddr_nl *a = (const struct sockaddr_nl *)address;
    *pid = a->nl_pid;
    *groups = a->nl_groups;
}

socklen_t ladon_make_vsock_address(struct sockaddr_storage *out, uint32_t cid, uint32_t port) {
    NEW(struct sockaddr_vm, a, svm_family, AF_VSOCK);
    a->svm_cid = cid;
    a->svm_port = port;
    return sizeof *a;
}

void ladon_read_vsock_address(const struct sockaddr_storage *address, uint32_t *cid, uint32_t *port) {
    const struct sockaddr_vm *a = (const struct sockaddr_vm *)address;
    *cid = a->svm_cid;
    *port = a->svm_port;
}

socklen_t ladon_make_qipcrtr_address(struct sockaddr_storage *out, uint32_t node, uint32_t port) {
    NEW(struct sockaddr_qrtr, a, sq_family, AF_QIPCRTR);
    a->sq_node = node;
    a->sq_port = port;
    return sizeof *a;
}

void ladon_read_qipcrtr_address(const struct sockaddr_storage *address, uint32_t *node, uint32_t *port) {
    const struct sockaddr_qrtr *a = (const struct sockaddr_qrtr *)address;
    *node = a->sq_node;
    *port = a->sq_port;
}

socklen_t ladon_make_tipc_address(struct sockaddr_storage *out, uint8_t kind, uint8_t scope, uint32_t x, uint32_t y, uint32_t z) {
    NEW(struct sockaddr_tipc, a, family, AF_TIPC);
    a->addrtype = kind;
    a->scope = (signed char)scope;
    if (kind == TIPC_ADDR_NAMESEQ) {
        a->addr.nameseq.type = x;
        a->addr.nameseq.lower = y;
        a->addr.nameseq.upper = z;
    } else if (kind == TIPC_ADDR_NAME) {
        a->addr.name.name.type = x;
        a->addr.name.name.instance = y;
    } else if (kind == TIPC_ADDR_ID) {
        a->addr.id.node = x;
        a->addr.id.ref = y;
    } else {
        return 0;
    }
    return sizeof *a;
}

bool ladon_read_tipc_address(const struct sockaddr_storage *address, uint8_t *kind, uint8_t *scope, uint32_t *x, uint32_t *y, uint32_t *z) {
    const struct sockaddr_tipc *a = (const struct sockaddr_tipc *)address;
    *kind = a->addrtype;
    *scope = (uint8_t)a->scope;
    *z = 0;
    switch (a->addrtype) {
    case TIPC_ADDR_NAMESEQ:
        *x = a->addr.nameseq.type, *y = a->addr.nameseq.lower, *z = a->addr.nameseq.upper;
        return true;
    case TIPC_ADDR_NAME:
        *x = a->addr.name.name.type, *y = a->addr.name.name.instance, *z = a->addr.name.name.instance;
        return true;
    case TIPC_ADDR_ID:
        *x = a->addr.id.node, *y = a->addr.id.ref;
        return true;
    default:
        return false;
    }
}

socklen_t ladon_make_alg_address(struct sockaddr_storage *out, const char *type, const char *name, uint32_t feat, uint32_t mask) {
    NEW(struct sockaddr_alg, a, salg_family, AF_ALG);
    if (strlen(type) >= sizeof a->salg_type || strlen(name) >= sizeof a->salg_name) return 0;
    strcpy((char *)a->salg_type, type);
    strcpy((char *)a->salg_name, name);
    a->salg_feat = feat;
    a->salg_mask = mask;
    return sizeof *a;
}

socklen_t ladon_make_can_address(struct sockaddr_storage *out, int index) {
    NEW(struct sockaddr_can, a, can_family, AF_CAN);
    a->can_ifindex = index;
    return sizeof *a;
}

socklen_t ladon_make_can_isotp_address(struct sockaddr_storage *out, int index, uint32_t receive, uint32_t send) {
    NEW(struct sockaddr_can, a, can_family, AF_CAN);
    a->can_ifindex = index;
    a->can_addr.tp.rx_id = receive;
    a->can_addr.tp.tx_id = send;
    return sizeof *a;
}

socklen_t ladon_make_can_j1939_address(struct sockaddr_storage *out, int index, uint64_t name, uint32_t group, uint8_t address) {
    NEW(struct sockaddr_can, a, can_family, AF_CAN);
    a->can_ifindex = index;
    a->can_addr.j1939.name = name;
    a->can_addr.j1939.pgn = group;
    a->can_addr.j1939.addr = address;
    return sizeof *a;
}

int ladon_read_can_index(const struct sockaddr_storage *address) { return ((const struct sockaddr_can *)address)->can_ifindex; }

void ladon_read_can_isotp_address(const struct sockaddr_storage *address, uint32_t *receive, uint32_t *send) {
    const struct sockaddr_can *a = (const struct sockaddr_can *)address;
    *receive = a->can_addr.tp.rx_id;
    *send = a->can_addr.tp.tx_id;
}

void ladon_read_can_j1939_address(const struct sockaddr_storage *address, uint64_t *name, uint32_t *group, uint8_t *one) {
    const struct sockaddr_can *a = (const struct sockaddr_can *)address;
    *name = a->can_addr.j1939.name;
    *group = a->can_addr.j1939.pgn;
    *one = a->can_addr.j1939.addr;
}

bool ladon_interface_name(unsigned index, char *out) { return if_indextoname(index, out) != 0; }
unsigned ladon_interface_index(const char *name) { return if_nametoindex(name); }
