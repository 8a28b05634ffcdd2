/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <string.h>

/* The account, which every callback keeps. */
static inline bool settle(struct outcomes *outcomes, const rd_kafka_message_t *message) {
    if (message->err) {
        outcomes->failed++;
        if (!outcomes->may_fail) outcomes->error = message->err;
        return false;
    }
    outcomes->succeeded++;
    outcomes->offset_sum += message->offset;
    return true;
}

static void on_delivery(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque) {
    (void)handle;
    struct client *client = opaque;
    settle(&client->outcomes, message);
}

static void on_delivery_opaque(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque) {
    (void)handle;
    struct client *client = opaque;
    if (settle(&client->outcomes, message)) client->outcomes.opaque_sum += (intptr_t)message->_private;
}

static void on_delivery_last(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque) {
    (void)handle;
    struct client *client = opaque;
    if (!settle(&client->outcomes, message)) return;
    client->outcomes.last_partition = message->partition;
    client->outcomes.last_offset = message->offset;
}

static void on_delivery_window(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque) {
    (void)handle;
    struct client *client = opaque;
    settle(&client->outcomes, message);
    pthread_mutex_lock(&client->window_lock);
    bool was_closed = client->window++ == 0;
    pthread_mutex_unlock(&client->window_lock);
    if (was_closed) pthread_cond_signal(&client->window_opened);
}

static void on_delivery_paced(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque) {
    (void)handle;
    struct client *client = opaque;
    if (!settle(&client->outcomes, message) || client->latencies_ns == NULL) return;
    int64_t number;
    memcpy(&number, message->payload, sizeof number);
    client->latencies_ns[number] = bench_now_ns() - client->latency_start_ns - number * client->plan->interval_ns;
}

delivery_callback *client_delivery_callback(cbaseline_mode mode) {
    switch (mode) {
    case CBASELINE_OPAQUE: return on_delivery_opaque;
    case CBASELINE_LAST: return on_delivery_last;
    case CBASELINE_WINDOW: return on_delivery_window;
    case CBASELINE_PACED: return on_delivery_paced;
    default: return on_delivery;
    }
}
