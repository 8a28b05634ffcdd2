/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* BLOCK waits inside librdkafka while its queue is full: cheaper than any retry a user could write around it. */
enum { FLAGS = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK };

static inline bool produce(struct client *client, rd_kafka_topic_t *topic, const void *key, size_t key_size,
                           void *opaque) {
    return rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, FLAGS, client->value, client->plan->value_size, key,
                            key_size, opaque) == 0;
}

bool send_plain(struct client *client, long count) {
    rd_kafka_topic_t *topic = client->topics[0];
    for (long sent = 0; sent < count; sent++) {
        if (!produce(client, topic, NULL, 0, NULL)) return false;
    }
    return true;
}

static bool send_to_topics(struct client *client, long count) {
    int topic = 0;
    for (long sent = 0; sent < count; sent++) {
        if (!produce(client, client->topics[topic], NULL, 0, NULL)) return false;
        if (++topic == client->plan->topic_count) topic = 0;
    }
    return true;
}

static bool send_batches(struct client *client, long count) {
    rd_kafka_message_t messages[BATCH_COUNT];
    for (long sent = 0; sent < count;) {
        int size = count - sent < BATCH_COUNT ? (int)(count - sent) : BATCH_COUNT;
        memset(messages, 0, sizeof messages);
        for (int index = 0; index < size; index++) {
            messages[index].payload = client->value;
            messages[index].len = client->plan->value_size;
        }
        int taken = rd_kafka_produce_batch(client->topics[0], RD_KAFKA_PARTITION_UA, FLAGS, messages, size);
        if (taken != size) return false;
        sent += size;
    }
    return true;
}

enum { KEY_COUNT = 1024, KEY_SIZE = 8 };

static void make_keys(char keys[KEY_COUNT][KEY_SIZE + 1]) {
    for (int index = 0; index < KEY_COUNT; index++) snprintf(keys[index], KEY_SIZE + 1, "key-%04d", index);
}

/* Each counts as delivered. */
static bool place(struct client *client, long count) {
    char keys[KEY_COUNT][KEY_SIZE + 1];
    make_keys(keys);
    for (long number = 0; number < count; number++) {
        client->outcomes.offset_sum += rd_kafka_msg_partitioner_murmur2(
            client->topics[0], keys[number % KEY_COUNT], KEY_SIZE, client->plan->partition_count, NULL, NULL);
    }
    client->outcomes.succeeded += count;
    return true;
}

static bool send_with_key(struct client *client, long count) {
    char keys[KEY_COUNT][KEY_SIZE + 1];
    make_keys(keys);
    for (long sent = 0; sent < count; sent++) {
        if (!produce(client, client->topics[0], keys[sent % KEY_COUNT], KEY_SIZE, NULL)) return false;
    }
    return true;
}

static bool send_with_opaque(struct client *client, long count) {
    for (intptr_t sent = 0; sent < count; sent++) {
        if (!produce(client, client->topics[0], NULL, 0, (void *)sent)) return false;
    }
    return true;
}

static bool send_parts(struct client *client, const rd_kafka_vu_t *parts, size_t part_count, long count) {
    for (long sent = 0; sent < count; sent++) {
        rd_kafka_error_t *error = rd_kafka_produceva(client->handle, parts, part_count);
        if (error == NULL) continue;
        fprintf(stderr, "bench-client-c: %s\n", rd_kafka_error_string(error));
        rd_kafka_error_destroy(error);
        return false;
    }
    return true;
}

/* Three entries, and no list of the caller's own: that is made with a call per header. */
static bool send_with_headers(struct client *client, long count) {
    rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = client->topics[0]},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = FLAGS},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {client->value, client->plan->value_size}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"trace", "0af7651916cd43dd", 16}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"source", "benchmark", 9}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"version", "1", 1}},
    };
    return send_parts(client, parts, sizeof parts / sizeof *parts, count);
}

static bool send_with_timestamp(struct client *client, long count) {
    int64_t start = (int64_t)time(NULL) * 1000;
    for (long sent = 0; sent < count; sent++) {
        rd_kafka_resp_err_t error =
            rd_kafka_producev(client->handle, RD_KAFKA_V_RKT(client->topics[0]), RD_KAFKA_V_MSGFLAGS(FLAGS),
                              RD_KAFKA_V_VALUE(client->value, client->plan->value_size),
                              RD_KAFKA_V_TIMESTAMP(start + sent / 1000), RD_KAFKA_V_END);
        if (error) return false;
    }
    return true;
}

static bool send_in_window(struct client *client, long count) {
    for (long sent = 0; sent < count; sent++) {
        pthread_mutex_lock(&client->window_lock);
        while (client->window == 0) pthread_cond_wait(&client->window_opened, &client->window_lock);
        client->window--;
        pthread_mutex_unlock(&client->window_lock);
        if (!produce(client, client->topics[0], NULL, 0, NULL)) return false;
    }
    return true;
}

static bool send_paced(struct client *client, long count) {
    const cbaseline_plan *plan = client->plan;
    for (int64_t sent = 0; sent < count; sent++) {
        bench_wait_until_ns(client->latency_start_ns + sent * plan->interval_ns);
        if (sent == client->hang.first) client->hang.before = bench_sample_now();
        if (sent == client->hang.end) client->hang.after = bench_sample_now();
        memcpy(client->value, &sent, sizeof sent);
        int32_t partition = plan->turn_count ? (int32_t)(sent % plan->turn_count) : RD_KAFKA_PARTITION_UA;
        if (rd_kafka_produce(client->topics[0], partition, FLAGS, client->value, plan->value_size, NULL, 0, NULL)) {
            return false;
        }
    }
    return true;
}

sender *client_sender(const cbaseline_plan *plan) {
    switch (plan->mode) {
    case CBASELINE_BATCH: return send_batches;
    case CBASELINE_KEY: return send_with_key;
    case CBASELINE_HEADERS: return send_with_headers;
    case CBASELINE_TIMESTAMP: return send_with_timestamp;
    case CBASELINE_OPAQUE: return send_with_opaque;
    case CBASELINE_WINDOW: return send_in_window;
    case CBASELINE_PACED: return send_paced;
    case CBASELINE_PLACE: return place;
    default: return plan->topic_count > 1 ? send_to_topics : send_plain;
    }
}
