/* SPDX-License-Identifier: Apache-2.0 */
/* What both sides are measured with. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdint.h>

/* The monotonic clock. */
int64_t bench_now_ns(void);

/* Returns at that time of the monotonic clock, at once when it is past. Blocks the thread. */
void bench_wait_until_ns(int64_t time);

/* One reading of everything that is taken as a difference over the measured window. */
typedef struct {
    int64_t time_ns;
    /* User and system time of all threads. */
    int64_t cpu_ns;
    /* Of these, that of librdkafka's threads; -1 where the system does not tell. */
    int64_t librdkafka_ns;
    /* How often a thread gave up its core to wait: each is a wake-up later. */
    int64_t waits;
    /* -1 when the allocation counter is not preloaded. */
    int64_t allocations;
} bench_sample;

bench_sample bench_sample_now(void);

/* What one run measured. */
typedef struct {
    bench_sample start;
    bench_sample end;
    /* Sent between the two. */
    long messages;
    /* Outcomes that the reader or the callback saw between the two. */
    long seen;
    /* Over the whole life of the producer, the warm-up included. */
    long accepted;
    long succeeded;
    long failed;
    /* One per message when they are timed one by one, or NULL; printing sorts them. */
    int64_t *latencies_ns;
    long latency_count;
} bench_result;

/* Prints it as one line of JSON. */
void bench_print(bench_result *result);

/* Ends this process when it runs longer, or when the one that started it is gone (Linux only): a client that hangs, or
 * that nobody waits for, must not spoil the next measurement. */
void bench_limit_life(unsigned seconds);

#endif
