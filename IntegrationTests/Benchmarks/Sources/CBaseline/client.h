/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_H
#define CLIENT_H

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "c_baseline.h"

/* Messages per call of rd_kafka_produce_batch. */
enum { BATCH_COUNT = 100 };

/* What the delivery callbacks write. Only one thread polls at a time, so that plain numbers do. */
struct outcomes {
    long succeeded;
    long failed;
    rd_kafka_resp_err_t error;
    /* Where a broker falls silent, messages may fail. */
    bool may_fail;
    /* So that every callback looks at its message, as a user's does. */
    int64_t offset_sum;
    int64_t opaque_sum;
    int32_t last_partition;
    int64_t last_offset;
};

struct client {
    const cbaseline_plan *plan;
    rd_kafka_t *handle;
    rd_kafka_topic_t **topics;
    char *value;
    pthread_t poller;
    atomic_bool is_stopping;
    struct outcomes outcomes;
    /* Messages that may still be sent before one must be delivered. */
    pthread_mutex_t window_lock;
    pthread_cond_t window_opened;
    int window;
    /* Latencies are recorded in the measured part only, by the number in the value. */
    int64_t *latencies_ns;
    int64_t latency_start_ns;
    bench_hang hang;
    int64_t sending_ns;
};

/* The callback that fits the mode. */
typedef void delivery_callback(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque);
delivery_callback *client_delivery_callback(cbaseline_mode mode);

/* Sends `count` messages; false after an error of librdkafka's, which rd_kafka_last_error tells on the same thread. */
typedef bool sender(struct client *client, long count);
sender *client_sender(const cbaseline_plan *plan);

/* What every mode warms up with that paces itself or sends nothing. */
sender send_plain;

#endif
