/* SPDX-License-Identifier: Apache-2.0 */
/* A system that has no threads or descriptors to give: the executable's functions come before libc's. The runtime gets what
 * it wants: without threads libdispatch waits for ever, without descriptors it traps. */
#define _GNU_SOURCE
#include "process_support.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Only what is safe between a fork and an exec happens in the child. */
int process_stop(int milliseconds) {
    int parent = getpid();
    int child = fork();
    if (child != 0) return child < 0 ? -1 : 0;
    usleep(100000);
    kill(parent, SIGSTOP);
    usleep((useconds_t)milliseconds * 1000);
    kill(parent, SIGCONT);
    _exit(0);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#if defined(__linux__) && !defined(IS_SANITIZED)
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <threads.h>

/* What may be had, -1 for as many as somebody likes, and what was refused. */
struct supply {
    atomic_int allowed, refused;
};
static struct supply threads = {-1, 0}, descriptors = {-1, 0};

static void allow(struct supply *supply, int count) {
    supply->refused = 0;
    supply->allowed = count;
}

int shortage_can_be_made(void) { return 1; }
void threads_allow(int count) { allow(&threads, count); }
int threads_refused(void) { return threads.refused; }
void descriptors_allow(int count) { allow(&descriptors, count); }
int descriptors_refused(void) { return descriptors.refused; }

static int take(struct supply *supply) {
    int count = supply->allowed;
    while (count > 0 && !atomic_compare_exchange_weak(&supply->allowed, &count, count - 1)) {}
    if (count != 0) return 1;
    supply->refused++;
    return 0;
}

/* Our own code is in the executable. */
static int is_ours(void *caller) {
    Dl_info info, own;
    if (!dladdr(caller, &info) || !dladdr((void *)threads_allow, &own)) return 0;
    return info.dli_fbase == own.dli_fbase || strstr(info.dli_fname, "librdkafka") != 0;
}

/* Whether a caller gets no more of a supply. */
#define IS_REFUSED(supply) ((supply)->allowed >= 0 && is_ours(__builtin_return_address(0)) && !take(supply))
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*run)(void *),
                   void *restrict argument) {
    if (IS_REFUSED(&threads)) return EAGAIN;
    return NEXT(pthread_create)(thread, attributes, run, argument);
}

/* librdkafka's. */
int thrd_create(thrd_t *thread, thrd_start_t run, void *argument) {
    if (IS_REFUSED(&threads)) return thrd_error;
    return NEXT(thrd_create)(thread, run, argument);
}

static int no_descriptor(void) {
    errno = EMFILE;
    return -1;
}

int eventfd(unsigned int start, int flags) {
    return IS_REFUSED(&descriptors) ? no_descriptor() : NEXT(eventfd)(start, flags);
}

int socket(int domain, int type, int protocol) {
    return IS_REFUSED(&descriptors) ? no_descriptor() : NEXT(socket)(domain, type, protocol);
}

int pipe(int ends[2]) { return IS_REFUSED(&descriptors) ? no_descriptor() : NEXT(pipe)(ends); }

int pipe2(int ends[2], int flags) { return IS_REFUSED(&descriptors) ? no_descriptor() : NEXT(pipe2)(ends, flags); }
#else
int shortage_can_be_made(void) { return 0; }
void threads_allow(int count) { (void)count; }
int threads_refused(void) { return 0; }
void descriptors_allow(int count) { (void)count; }
int descriptors_refused(void) { return 0; }
#endif
