/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#if !defined(__linux__)
#include <sys/resource.h>
#endif

#include "measure.h"

/* The most memory this process ever had resident, in bytes. */
static int64_t peak_resident_bytes(void) {
#if defined(__linux__)
    /* Not getrusage: its peak outlives exec, so that it would never be below the driver's. */
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL) return -1;
    char line[256];
    long long kilobytes = -1;
    while (kilobytes < 0 && fgets(line, sizeof line, status)) {
        if (sscanf(line, "VmHWM: %lld", &kilobytes) != 1) kilobytes = -1;
    }
    fclose(status);
    return kilobytes < 0 ? -1 : kilobytes * 1024;
#else
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
#endif
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* The latency that `permille` of 1,000 messages do not exceed. */
static double percentile_us(const bench_result *result, long permille) {
    long rank = (result->latency_count * permille + 999) / 1000;
    return (double)result->latencies_ns[rank > 0 ? rank - 1 : 0] / 1e3;
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
    printf(",\"peakResidentMegabytes\":%.2f", (double)peak_resident_bytes() / 1e6);
    if (result->start.allocations >= 0 && result->messages) {
        printf(",\"allocationsPerMessage\":%.5f",
               (double)(result->end.allocations - result->start.allocations) / messages);
    }
    if (result->latency_count) {
        qsort(result->latencies_ns, (size_t)result->latency_count, sizeof *result->latencies_ns, ascending);
        printf(",\"p50Microseconds\":%.1f,\"p99Microseconds\":%.1f,\"p999Microseconds\":%.1f",
               percentile_us(result, 500), percentile_us(result, 990), percentile_us(result, 999));
    }
    printf(",\"accepted\":%ld,\"succeeded\":%ld,\"failed\":%ld,\"seen\":%ld}\n", result->accepted, result->succeeded,
           result->failed, result->seen);
}
