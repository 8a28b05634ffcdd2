/* SPDX-License-Identifier: Apache-2.0 */
/* A name server that does not answer, without touching the machine's: the executable's getaddrinfo comes before libc's,
 * also for librdkafka. */
#define _GNU_SOURCE
#include "process_support.h"
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static int is_held;
static int waiting;

void resolver_hold(void) {
    pthread_mutex_lock(&lock);
    is_held = 1;
    pthread_mutex_unlock(&lock);
}

void resolver_release(void) {
    pthread_mutex_lock(&lock);
    is_held = 0;
    pthread_cond_broadcast(&released);
    pthread_mutex_unlock(&lock);
}

int resolver_held_count(void) {
    pthread_mutex_lock(&lock);
    int count = waiting;
    pthread_mutex_unlock(&lock);
    return count;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    pthread_mutex_lock(&lock);
    waiting++;
    while (is_held) pthread_cond_wait(&released, &lock);
    waiting--;
    pthread_mutex_unlock(&lock);
    int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
        (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
    return next ? next(node, service, hints, result) : EAI_SYSTEM;
}
