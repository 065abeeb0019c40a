/* What the system alone takes for the round trips of asyncio_network.py: both ends in one thread over epoll, the system calls
   that asyncio makes and nothing else. `bare_echo 0` is the echo with protocols; `bare_echo 1` looks for events once more
   after each message, as the echo through streams does, where a task is woken in between.

   cc -O2 -o /tmp/bare_echo Benchmarks/bare_echo.c && /tmp/bare_echo 0 && /tmp/bare_echo 1 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { round_trips = 20000, message = 1024, asked = 256 * 1024 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    int more_looks = count > 1 ? atoi(arguments[1]) : 0;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1) || getsockname(listener, (struct sockaddr *)&address, &size)
        || connect(client, (struct sockaddr *)&address, size)) return perror("connecting"), 1;
    int server = accept4(listener, 0, 0, SOCK_NONBLOCK), set = epoll_create1(0), one = 1;
    for (int i = 0; i < 2; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.fd = i ? server : client };
        setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_ctl(set, EPOLL_CTL_ADD, event.data.fd, &event);
    }
    static char bytes[asked];
    struct epoll_event events[3];
    double begin = seconds();
    send(client, bytes, message, 0);
    for (int done = 0; done < round_trips;) {
        int ready = epoll_wait(set, events, 3, -1);
        for (int i = 0; i < ready; i++) {
            ssize_t n = recv(events[i].data.fd, bytes, asked, 0);
            for (int k = 0; k < more_looks; k++) epoll_wait(set, events + 1, 2, 0);
            if (n <= 0 || send(events[i].data.fd, bytes, n, 0) != n) return perror("echo"), 1;
            done += events[i].data.fd == client;
        }
    }
    printf("%.1f us per round trip\n", (seconds() - begin) / round_trips * 1e6);
}
