/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <dlfcn.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

int64_t bench_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void bench_wait_until_ns(int64_t time) {
    for (int64_t left = time - bench_now_ns(); left > 0; left = time - bench_now_ns()) {
        struct timespec pause = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        nanosleep(&pause, NULL);
    }
}

static int64_t nanoseconds(struct timeval time) { return (int64_t)time.tv_sec * 1000000000 + time.tv_usec * 1000; }

static int64_t allocations(void) {
    long (*count)(void) = (long (*)(void))dlsym(RTLD_DEFAULT, "bench_allocation_count");
    return count ? count() : -1;
}

bench_sample bench_sample_now(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (bench_sample){
        .time_ns = bench_now_ns(),
        .cpu_ns = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime),
        .waits = usage.ru_nvcsw,
        .allocations = allocations(),
    };
}

void bench_limit_life(unsigned seconds) {
    alarm(seconds);
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}
