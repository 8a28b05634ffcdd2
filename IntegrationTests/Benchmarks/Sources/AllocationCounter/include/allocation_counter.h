/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/* Calls of malloc and its relatives in this process so far. A client finds it with dlsym: only a preloaded counter
 * counts anything. */
long bench_allocation_count(void);

#endif
