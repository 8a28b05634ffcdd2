/* SPDX-License-Identifier: Apache-2.0 */
/* The producer that an experienced C user writes: cached topic handles, a delivery report callback, and one thread that
 * does nothing but poll. */
#ifndef C_BASELINE_H
#define C_BASELINE_H

#include <measure.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    /* rd_kafka_produce, one message per call. */
    CBASELINE_PLAIN,
    /* rd_kafka_produce_batch, 100 messages per call. */
    CBASELINE_BATCH,
    /* With a key of 8 bytes. */
    CBASELINE_KEY,
    /* With 3 headers. */
    CBASELINE_HEADERS,
    CBASELINE_TIMESTAMP,
    /* With a number as the opaque, which the callback reads. */
    CBASELINE_OPAQUE,
    /* The callback copies partition and offset, so that the last one is known. */
    CBASELINE_LAST,
    /* At most `window` messages in flight; each callback lets the next one go. */
    CBASELINE_WINDOW,
    /* A message every `interval_ns`, with its number in its value, each timed from when it was due. */
    CBASELINE_PACED,
    /* Nothing, for `idle_ns`. */
    CBASELINE_IDLE,
    /* librdkafka's murmur2 places keys, and nothing is sent. */
    CBASELINE_PLACE,
} cbaseline_mode;

typedef struct {
    cbaseline_mode mode;
    /* librdkafka's properties, each a line `name=value`. */
    const char *properties;
    /* Topics are called `prefix-0`, `prefix-1`, and so on, and take turns. */
    const char *topic_prefix;
    int topic_count;
    /* Paced messages go to so many partitions in turn; with 0 the partitioner chooses. */
    int turn_count;
    /* How many there are, where keys are placed. */
    int partition_count;
    int sender_count;
    int window;
    size_t value_size;
    long warmup;
    long messages;
    int64_t interval_ns;
    int64_t idle_ns;
    /* When a broker falls silent after the start of a paced run, and how long; and how many brokers there are. */
    int64_t hang_start_ns, hang_ns;
    int broker_count;
} cbaseline_plan;

/* Blocks until everything is delivered. A paced plan needs room for its latencies in `result`. Returns 0, or -1 with a
 * text in `error`. */
int cbaseline_run(const cbaseline_plan *plan, bench_result *result, char *error, size_t error_size);

/* Creates the topics on a real broker, existing ones included; the mock makes its own. With `broker_count`, partitions
 * are led by brokers 1, 2, ... in turn. 0, or -1 with a text. */
int cbaseline_create_topics(const char *brokers, const char *prefix, int count, int partitions, int broker_count,
                            char *error, size_t error_size);

/* How many messages a topic ever had, all partitions together; -1 with a text. */
long cbaseline_log_end(const char *brokers, const char *topic, int partitions, char *error, size_t error_size);

/* Deletes them. 0, or -1 with a text. */
int cbaseline_delete_topics(const char *brokers, const char *prefix, int count, char *error, size_t error_size);

/* The version of librdkafka that is loaded. */
const char *cbaseline_librdkafka_version(void);

#endif
