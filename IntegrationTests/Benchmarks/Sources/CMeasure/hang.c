/* SPDX-License-Identifier: Apache-2.0 */
#include "hang.h"

#include <stdio.h>
#include <stdlib.h>

/* What became of the messages [first, end) for the brokers that answer. */
struct part {
    double delivered_percent, p99_us, max_us;
};

static struct part others(const bench_result *result, long first, long end) {
    int64_t *latencies = malloc((size_t)(end - first + 1) * sizeof *latencies);
    long sent = 0, count = 0;
    for (long index = first; index < end; index++) {
        if (index % result->hang.broker_count == 0) continue;
        sent++;
        if (result->latencies_ns[index] >= 0) latencies[count++] = result->latencies_ns[index];
    }
    qsort(latencies, (size_t)count, sizeof *latencies, bench_ascending);
    struct part part = {
        .delivered_percent = sent ? 100.0 * (double)count / (double)sent : 0,
        .p99_us = bench_percentile_us(latencies, count, 990),
        .max_us = bench_percentile_us(latencies, count, 1000),
    };
    free(latencies);
    return part;
}

void bench_print_hang(const bench_result *result) {
    const bench_hang *hang = &result->hang;
    double sending = (double)(hang->after.thread_ns - hang->before.thread_ns);
    double cpu = (double)(hang->after.cpu_ns - hang->before.cpu_ns);
    double nanoseconds = (double)(hang->after.time_ns - hang->before.time_ns);
    /* The first half of the time before is the brokers' to settle in. */
    struct part before = others(result, hang->first / 2, hang->first);
    struct part during = others(result, hang->first, hang->end);
    printf(",\"hang\":{\"cpuBeyondSenderPercent\":%.3f,\"senderPercent\":%.3f", (cpu - sending) / nanoseconds * 100,
           sending / nanoseconds * 100);
    printf(",\"othersBeforeP99Microseconds\":%.1f,\"othersP99Microseconds\":%.1f,\"othersMaxMicroseconds\":%.1f",
           before.p99_us, during.p99_us, during.max_us);
    printf(",\"othersDeliveredPercent\":%.3f,\"sentPerSecond\":%.1f}", during.delivered_percent,
           (double)(hang->end - hang->first) * 1e9 / nanoseconds);
}
