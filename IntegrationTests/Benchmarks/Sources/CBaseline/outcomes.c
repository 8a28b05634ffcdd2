/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

/* The account, which every callback keeps. */
static inline bool settle(struct outcomes *outcomes, const rd_kafka_message_t *message) {
    if (message->err) {
        outcomes->failed++;
        outcomes->error = message->err;
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
    settle(&client->outcomes, message);
    if (client->latencies_ns == NULL) return;
    int64_t due = client->latency_start_ns + client->latency_count * client->plan->interval_ns;
    client->latencies_ns[client->latency_count++] = bench_now_ns() - due;
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
