/* SPDX-License-Identifier: Apache-2.0 */
/* A system that has no threads or descriptors to give. RLIMIT_NPROC does not bind root, so threads are refused here: the
 * executable's functions come before libc's. The runtime's own threads are never refused: libdispatch waits for one. */
#define _GNU_SOURCE
#include "process_support.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int descriptors_limit(int count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = (rlim_t)count;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

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
#include <threads.h>

static atomic_int allowed = -1;
static atomic_int refused;

int threads_can_run_out(void) { return 1; }
void threads_allow(int count) {
    refused = 0;
    allowed = count;
}
int threads_refused(void) { return refused; }

static int is_allowed(void) {
    int count = allowed;
    while (count > 0 && !atomic_compare_exchange_weak(&allowed, &count, count - 1)) {}
    if (count != 0) return 1;
    refused++;
    return 0;
}

/* Our own code is in the executable. */
static int is_ours(void *caller) {
    Dl_info info, own;
    if (!dladdr(caller, &info) || !dladdr((void *)threads_allow, &own)) return 0;
    return info.dli_fbase == own.dli_fbase || strstr(info.dli_fname, "librdkafka") != 0;
}

typedef int (*create_function)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*run)(void *),
                   void *restrict argument) {
    if (allowed >= 0 && is_ours(__builtin_return_address(0)) && !is_allowed()) return EAGAIN;
    return ((create_function)dlsym(RTLD_NEXT, "pthread_create"))(thread, attributes, run, argument);
}

typedef int (*start_function)(thrd_t *, thrd_start_t, void *);

/* librdkafka's. */
int thrd_create(thrd_t *thread, thrd_start_t run, void *argument) {
    if (allowed >= 0 && !is_allowed()) return thrd_error;
    return ((start_function)dlsym(RTLD_NEXT, "thrd_create"))(thread, run, argument);
}
#else
int threads_can_run_out(void) { return 0; }
void threads_allow(int count) { (void)count; }
int threads_refused(void) { return 0; }
#endif
