/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HANG_H
#define HANG_H

#include "measure.h"

/* For qsort. */
int bench_ascending(const void *left, const void *right);

/* What `permille` of 1,000 do not exceed. */
double bench_percentile_us(const int64_t *sorted_ns, long count, long permille);

/* What the other brokers' partitions noticed, and what the silence cost. Before the latencies are sorted. */
void bench_print_hang(const bench_result *result);

#endif
