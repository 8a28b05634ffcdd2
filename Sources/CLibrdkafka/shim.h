/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIBRDKAFKA_SHIM_H
#define CLIBRDKAFKA_SHIM_H

#if defined(__has_include) && !__has_include(<librdkafka/rdkafka.h>)
#error "librdkafka headers not found. Debian/Ubuntu: apt-get install librdkafka-dev pkg-config; Fedora: dnf install librdkafka-devel; macOS: brew install librdkafka pkgconf"
#endif
#include <librdkafka/rdkafka.h>

#if RD_KAFKA_VERSION < 0x020000ff
#error "librdkafka >= 2.0.0 is required (this package is tested with 2.0.2)"
#endif

#if defined(__linux__)
#include <sys/prctl.h>
/* prctl is variadic; the name shows in top, gdb and perf. */
static inline void clibrdkafka_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
#else
#include <pthread.h>
static inline void clibrdkafka_name_thread(const char *name) { pthread_setname_np(name); }
#endif

/* A global variable, which Swift's concurrency checks refuse. */
static inline char **clibrdkafka_environ(void) {
    extern char **environ;
    return environ;
}

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/eventfd.h>
#endif

static inline int64_t clibrdkafka_clock(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}
static inline int64_t clibrdkafka_monotonic(void) { return clibrdkafka_clock(CLOCK_MONOTONIC); }
static inline int64_t clibrdkafka_monotonic_coarse(void) {
#if defined(CLOCK_MONOTONIC_COARSE)
    return clibrdkafka_clock(CLOCK_MONOTONIC_COARSE);
#else
    return clibrdkafka_clock(CLOCK_MONOTONIC);
#endif
}

/* Two ends of which the first is slept on: one eventfd where there is such a thing, else a pipe. */
static inline int clibrdkafka_open_waker(int *reader, int *writer) {
#if defined(__linux__)
    *reader = *writer = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return *reader < 0 ? -1 : 0;
#else
    int ends[2];
    if (pipe(ends) != 0) return -1;
    for (int end = 0; end < 2; end++) {
        fcntl(ends[end], F_SETFL, O_NONBLOCK);
        fcntl(ends[end], F_SETFD, FD_CLOEXEC);
    }
    *reader = ends[0];
    *writer = ends[1];
    return 0;
#endif
}

/* What a full pipe does not take is not needed: its reader wakes all the same. */
static inline void clibrdkafka_wake(int writer) {
    uint64_t one = 1;
    ssize_t written = write(writer, &one, sizeof one);
    (void)written;
}

#if defined(__linux__)
/* A GNU extension that headers hide from Swift. */
extern int ppoll(struct pollfd *, nfds_t, const struct timespec *, const void *);
#endif
static inline void clibrdkafka_sleep(int reader, int64_t nanoseconds) {
    struct pollfd entry = {reader, POLLIN, 0};
    if (nanoseconds < 0) nanoseconds = 0;
#if defined(__linux__)
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    if (ppoll(&entry, 1, &time, 0) <= 0) return;
#else
    if (poll(&entry, 1, (int)((nanoseconds + 999999) / 1000000)) <= 0) return;
#endif
    uint64_t drained[64];
    while (read(reader, drained, sizeof drained) == (ssize_t)sizeof drained) {}
}

/* rd_kafka_producev is variadic. A header list, never single headers: librdkafka 2.0.2 frees those twice when the
 * partition does not exist (librdkafka issue 4627). The list stays the caller's unless this returns 0. Without F_COPY:
 * key and value stay where they are until the report. */
static inline rd_kafka_resp_err_t
clibrdkafka_producev(rd_kafka_t *client, rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_size,
                     const void *value, size_t value_size, rd_kafka_headers_t *headers, int64_t timestamp,
                     void *opaque) {
    return rd_kafka_producev(client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
                             RD_KAFKA_V_MSGFLAGS(0), RD_KAFKA_V_KEY(key, key_size),
                             RD_KAFKA_V_VALUE((void *)value, value_size), RD_KAFKA_V_HEADERS(headers),
                             RD_KAFKA_V_TIMESTAMP(timestamp), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}

#endif
