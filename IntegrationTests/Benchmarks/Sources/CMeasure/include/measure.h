/* SPDX-License-Identifier: Apache-2.0 */
/* What both sides are measured with. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stdint.h>

/* The monotonic clock. */
int64_t bench_now_ns(void);

/* Returns at that time of the monotonic clock, at once when it is past. Blocks the thread. */
void bench_wait_until_ns(int64_t time);

/* CPU time of the calling thread. */
int64_t bench_thread_cpu_ns(void);

/* CPU time of all children that have ended and were waited for. */
int64_t bench_children_cpu_ns(void);

/* Memory that this process has resident now, in bytes; -1 where the system does not tell. */
int64_t bench_resident_bytes(void);

/* One reading of everything that is taken as a difference over the measured window. */
typedef struct {
    int64_t time_ns;
    /* User and system time of all threads. */
    int64_t cpu_ns;
    /* Of these, that of librdkafka's threads; -1 where the system does not tell. */
    int64_t librdkafka_ns;
    /* Of these, that of the calling thread. */
    int64_t thread_ns;
    /* How often a thread gave up its core to wait: each is a wake-up later. */
    int64_t waits;
    /* -1 when the allocation counter is not preloaded. */
    int64_t allocations;
} bench_sample;

bench_sample bench_sample_now(void);

/* A time in which a broker answers nothing, in a paced run with partitions in turn. */
typedef struct {
    /* The messages that are due in it: [first, end). None when they are equal. */
    long first, end;
    /* Of the partitions in turn, every so many-th is the silent broker's, from the first one on. */
    int broker_count;
    /* When the first and the last of these were sent, by the thread that sends. */
    bench_sample before, after;
} bench_hang;

/* What one run measured. */
typedef struct {
    bench_sample start;
    bench_sample end;
    bench_hang hang;
    /* Resident before the first message. */
    int64_t base_resident_bytes;
    /* CPU time of the only sending thread; 0 when there are several, or nobody looked. */
    int64_t sending_ns;
    /* Sent between the two. */
    long messages;
    /* Outcomes that the reader or the callback saw between the two. */
    long seen;
    /* Over the whole life of the producer, the warm-up included. */
    long accepted;
    long succeeded;
    long failed;
    /* One per message in the order of sending when they are timed one by one, or NULL; negative when it was not
     * delivered. Printing sorts them. */
    int64_t *latencies_ns;
    long latency_count;
} bench_result;

/* Tells the driver, with a line, that the measured part begins. */
void bench_print_start(void);

/* Prints it as one line of JSON. */
void bench_print(bench_result *result);

/* Starts a thread that nobody joins. False when there is none to be had. */
bool bench_start_thread(void (*body)(void *argument), void *argument);

/* Ends this process when it runs longer, or when the one that started it is gone (Linux only): a client that hangs, or
 * that nobody waits for, must not spoil the next measurement. */
void bench_limit_life(unsigned seconds);

#endif
