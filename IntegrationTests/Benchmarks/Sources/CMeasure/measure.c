/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <dirent.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
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

int64_t bench_thread_cpu_ns(void) {
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

static int64_t nanoseconds(struct timeval time) { return (int64_t)time.tv_sec * 1000000000 + time.tv_usec * 1000; }

int64_t bench_children_cpu_ns(void) {
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

static int64_t allocations(void) {
    long (*count)(void) = (long (*)(void))dlsym(RTLD_DEFAULT, "bench_allocation_count");
    return count ? count() : -1;
}

#if defined(__linux__)
/* The CPU time of a thread when it is one of librdkafka's, which are called rdk:..., 0 for others, -1 unknown. */
static int64_t librdkafka_thread_ns(const char *thread) {
    char path[64], name[32] = "";
    long long nanoseconds = 0;
    snprintf(path, sizeof path, "/proc/self/task/%.20s/comm", thread);
    FILE *file = fopen(path, "r");
    if (file == NULL) return 0;
    int is_librdkafka = fgets(name, sizeof name, file) && strncmp(name, "rdk:", 4) == 0;
    fclose(file);
    if (!is_librdkafka) return 0;
    snprintf(path, sizeof path, "/proc/self/task/%.20s/schedstat", thread);
    file = fopen(path, "r");
    if (file == NULL) return -1;
    if (fscanf(file, "%lld", &nanoseconds) != 1) nanoseconds = -1;
    fclose(file);
    return nanoseconds;
}
#endif

static int64_t librdkafka_threads_ns(void) {
#if defined(__linux__)
    DIR *threads = opendir("/proc/self/task");
    if (threads == NULL) return -1;
    int64_t sum = 0;
    for (struct dirent *thread = readdir(threads); thread; thread = readdir(threads)) {
        int64_t nanoseconds = librdkafka_thread_ns(thread->d_name);
        if (nanoseconds < 0) {
            sum = -1;
            break;
        }
        sum += nanoseconds;
    }
    closedir(threads);
    return sum;
#else
    return -1;
#endif
}

bench_sample bench_sample_now(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (bench_sample){
        .time_ns = bench_now_ns(),
        .cpu_ns = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime),
        .librdkafka_ns = librdkafka_threads_ns(),
        .thread_ns = bench_thread_cpu_ns(),
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
