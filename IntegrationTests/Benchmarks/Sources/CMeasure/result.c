/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "hang.h"
#include "measure.h"
#include "resident.h"

int bench_ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

double bench_percentile_us(const int64_t *sorted_ns, long count, long permille) {
    long rank = (count * permille + 999) / 1000;
    return count ? (double)sorted_ns[rank > 0 ? rank - 1 : 0] / 1e3 : 0;
}

/* Of what was delivered. */
static void print_latencies(bench_result *result) {
    int64_t *all = result->latencies_ns;
    qsort(all, (size_t)result->latency_count, sizeof *all, bench_ascending);
    long lost = 0;
    while (lost < result->latency_count && all[lost] < 0) lost++;
    long count = result->latency_count - lost;
    printf(",\"p50Microseconds\":%.1f,\"p99Microseconds\":%.1f,\"p999Microseconds\":%.1f",
           bench_percentile_us(all + lost, count, 500), bench_percentile_us(all + lost, count, 990),
           bench_percentile_us(all + lost, count, 999));
}

void bench_print_start(void) {
    puts("measuring");
    fflush(stdout);
}

void bench_print(bench_result *result) {
    double nanoseconds = (double)(result->end.time_ns - result->start.time_ns);
    double cpu = (double)(result->end.cpu_ns - result->start.cpu_ns);
    double messages = (double)result->messages;
    printf("{\"messagesPerSecond\":%.1f,\"cpuPercent\":%.4f,\"wakeUpsPerSecond\":%.2f", messages * 1e9 / nanoseconds,
           cpu / nanoseconds * 100, (double)(result->end.waits - result->start.waits) * 1e9 / nanoseconds);
    printf(",\"cpuNanosecondsPerMessage\":%.2f", result->messages ? cpu / messages : 0);
    if (result->start.librdkafka_ns >= 0 && result->end.librdkafka_ns >= 0 && result->messages) {
        double librdkafka = (double)(result->end.librdkafka_ns - result->start.librdkafka_ns);
        printf(",\"ownCPUNanosecondsPerMessage\":%.2f", (cpu - librdkafka) / messages);
    }
    if (result->sending_ns > 0 && result->messages) {
        printf(",\"sendingNanosecondsPerMessage\":%.2f", (double)result->sending_ns / messages);
    }
    printf(",\"peakResidentMegabytes\":%.2f", (double)peak_resident_bytes() / 1e6);
    if (result->base_resident_bytes >= 0) {
        printf(",\"grownMegabytes\":%.2f", (double)(peak_resident_bytes() - result->base_resident_bytes) / 1e6);
    }
    if (result->start.allocations >= 0 && result->messages) {
        printf(",\"allocationsPerMessage\":%.5f",
               (double)(result->end.allocations - result->start.allocations) / messages);
    }
    if (result->hang.end > result->hang.first) bench_print_hang(result);
    if (result->latency_count) print_latencies(result);
    printf(",\"accepted\":%ld,\"succeeded\":%ld,\"failed\":%ld,\"seen\":%ld}\n", result->accepted, result->succeeded,
           result->failed, result->seen);
}
