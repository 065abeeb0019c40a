#define _GNU_SOURCE
#include <sys/mman.h>
#include "CLadon.h"
#include <string.h>

LadonRuntimeState ladon_runtime;
LadonHeap ladon_heap;
LadonThreads ladon_threads;
LadonParkingBucket ladon_parking[LADON_PARKING_BUCKETS];
LadonHooks ladonHooks;
__thread LadonThread *ladon_current_thread __attribute__((tls_model("initial-exec")));
uint64_t ladon_reload_words[1] = {0};
uint64_t ladon_exit_words[1] = {1};

void *ladon_mremap(void *p, size_t old, size_t bytes) { return mremap(p, old, bytes, MREMAP_MAYMOVE); }

const char *ladon_strerror(int code, char *buffer, size_t size) { return strerror_r(code, buffer, size); }
