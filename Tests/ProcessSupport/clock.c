/* SPDX-License-Identifier: Apache-2.0 */
/* A clock that tests may move, without touching the machine's: the executable's functions come before libc's, also for
 * librdkafka and the libraries of Swift. Waits that end at a time of day see a clock that moves under them, as the kernel's
 * would. */
#define _GNU_SOURCE
#include "process_support.h"

/* The sanitizers have these functions themselves. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#if defined(__linux__) && !defined(IS_SANITIZED)
#include <dlfcn.h>
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static const int64_t second = 1000000000;
/* A wait looks at the clock again after so long. */
static const int64_t slice = 10000000;
static atomic_llong wall_shift, boot_shift;
static atomic_int may_move;

int clock_can_move(void) { return 1; }
void clock_watch(void) { may_move = 1; }
void clock_step(int seconds) { wall_shift += seconds * second; }
void clock_suspend(int seconds) {
    wall_shift += seconds * second;
    boot_shift += seconds * second;
}

static int64_t shift_of(clockid_t clock) {
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE: return wall_shift;
    case CLOCK_BOOTTIME: return boot_shift;
    default: return 0;
    }
}

static struct timespec split(int64_t time) { return (struct timespec){time / second, time % second}; }
static int64_t joined(const struct timespec *time) { return (int64_t)time->tv_sec * second + time->tv_nsec; }

typedef int (*clock_function)(clockid_t, struct timespec *);

int clock_gettime(clockid_t clock, struct timespec *time) {
    static _Atomic(clock_function) known;
    clock_function next = known;
    if (!next) known = next = (clock_function)dlsym(RTLD_NEXT, "clock_gettime");
    int result = next(clock, time);
    int64_t shift = result == 0 ? shift_of(clock) : 0;
    if (shift != 0) *time = split(joined(time) + shift);
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *time, int base) {
    if (base != TIME_UTC) return 0;
    return clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

/* Where a wait until `end` stops for a look at the clock, on the kernel's clock; 0 when it is over. */
static int next_slice(const struct timespec *end, struct timespec *stop) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t left = joined(end) - joined(&now);
    if (left <= 0) return 0;
    *stop = split(joined(&now) - wall_shift + (left < slice ? left : slice));
    return 1;
}

typedef int (*condition_function)(cnd_t *, mtx_t *, const struct timespec *);

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict end) {
    condition_function next = (condition_function)dlsym(RTLD_NEXT, "cnd_timedwait");
    if (!may_move) return next(condition, mutex, end);
    struct timespec stop;
    int result = thrd_timedout;
    while (result == thrd_timedout && next_slice(end, &stop)) result = next(condition, mutex, &stop);
    return result;
}

typedef int (*semaphore_function)(sem_t *, const struct timespec *);

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict end) {
    semaphore_function next = (semaphore_function)dlsym(RTLD_NEXT, "sem_timedwait");
    if (!may_move) return next(semaphore, end);
    struct timespec stop;
    while (next_slice(end, &stop)) {
        if (next(semaphore, &stop) == 0) return 0;
        if (errno != ETIMEDOUT) return -1;
    }
    errno = ETIMEDOUT;
    return -1;
}
#else
int clock_can_move(void) { return 0; }
void clock_watch(void) {}
void clock_step(int seconds) { (void)seconds; }
void clock_suspend(int seconds) { (void)seconds; }
#endif
