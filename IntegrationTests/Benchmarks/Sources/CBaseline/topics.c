/* SPDX-License-Identifier: Apache-2.0 */
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "c_baseline.h"

enum { ADMIN_TIMEOUT_MS = 60000 };

struct admin {
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    rd_kafka_AdminOptions_t *options;
};

static bool open_admin(struct admin *admin, const char *brokers, rd_kafka_admin_op_t operation, char *error,
                       size_t error_size) {
    rd_kafka_conf_t *configuration = rd_kafka_conf_new();
    if (rd_kafka_conf_set(configuration, "bootstrap.servers", brokers, error, error_size) != RD_KAFKA_CONF_OK ||
        (admin->client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, error, error_size)) == NULL) {
        rd_kafka_conf_destroy(configuration);
        return false;
    }
    admin->queue = rd_kafka_queue_new(admin->client);
    admin->options = rd_kafka_AdminOptions_new(admin->client, operation);
    rd_kafka_AdminOptions_set_request_timeout(admin->options, ADMIN_TIMEOUT_MS, error, error_size);
    /* Answered only when the topics are there, or gone, on all brokers. */
    rd_kafka_AdminOptions_set_operation_timeout(admin->options, ADMIN_TIMEOUT_MS, error, error_size);
    return true;
}

static void close_admin(struct admin *admin) {
    rd_kafka_AdminOptions_destroy(admin->options);
    rd_kafka_queue_destroy(admin->queue);
    rd_kafka_destroy(admin->client);
}

/* The first error that is not `harmless`. */
static int check(const rd_kafka_topic_result_t **results, size_t count, rd_kafka_resp_err_t harmless, char *error,
                 size_t error_size) {
    for (size_t index = 0; index < count; index++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[index]);
        if (!code || code == harmless) continue;
        snprintf(error, error_size, "topic %s: %s", rd_kafka_topic_result_name(results[index]),
                 rd_kafka_err2str(code));
        return -1;
    }
    return 0;
}

static int wait_for_result(struct admin *admin, rd_kafka_resp_err_t harmless, char *error, size_t error_size) {
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, -1);
    int status = 0;
    size_t count = 0;
    if (rd_kafka_event_error(event)) {
        snprintf(error, error_size, "%s", rd_kafka_event_error_string(event));
        status = -1;
    } else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_CREATETOPICS_RESULT) {
        const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
        status = check(rd_kafka_CreateTopics_result_topics(result, &count), count, harmless, error, error_size);
    } else {
        const rd_kafka_DeleteTopics_result_t *result = rd_kafka_event_DeleteTopics_result(event);
        status = check(rd_kafka_DeleteTopics_result_topics(result, &count), count, harmless, error, error_size);
    }
    rd_kafka_event_destroy(event);
    return status;
}

/* A leader for each partition, the brokers in turn. */
static void assign(rd_kafka_NewTopic_t *topic, int partitions, int broker_count, char *error, size_t error_size) {
    for (int32_t partition = 0; broker_count && partition < partitions; partition++) {
        int32_t leader = 1 + partition % broker_count;
        rd_kafka_NewTopic_set_replica_assignment(topic, partition, &leader, 1, error, error_size);
    }
}

int cbaseline_create_topics(const char *brokers, const char *prefix, int count, int partitions, int broker_count,
                            char *error, size_t error_size) {
    struct admin admin;
    if (!open_admin(&admin, brokers, RD_KAFKA_ADMIN_OP_CREATETOPICS, error, error_size)) return -1;
    rd_kafka_NewTopic_t **topics = calloc((size_t)count, sizeof *topics);
    for (int index = 0; index < count; index++) {
        char name[256];
        snprintf(name, sizeof name, "%s-%d", prefix, index);
        topics[index] = rd_kafka_NewTopic_new(name, partitions, -1, error, error_size);
        /* The disk is free again soon after the topic is deleted. */
        assign(topics[index], partitions, broker_count, error, error_size);
        rd_kafka_NewTopic_set_config(topics[index], "file.delete.delay.ms", "1000");
    }
    rd_kafka_CreateTopics(admin.client, topics, (size_t)count, admin.options, admin.queue);
    int status = wait_for_result(&admin, RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, error, error_size);
    rd_kafka_NewTopic_destroy_array(topics, (size_t)count);
    free(topics);
    close_admin(&admin);
    return status;
}

int cbaseline_delete_topics(const char *brokers, const char *prefix, int count, char *error, size_t error_size) {
    struct admin admin;
    if (!open_admin(&admin, brokers, RD_KAFKA_ADMIN_OP_DELETETOPICS, error, error_size)) return -1;
    rd_kafka_DeleteTopic_t **topics = calloc((size_t)count, sizeof *topics);
    for (int index = 0; index < count; index++) {
        char name[256];
        snprintf(name, sizeof name, "%s-%d", prefix, index);
        topics[index] = rd_kafka_DeleteTopic_new(name);
    }
    rd_kafka_DeleteTopics(admin.client, topics, (size_t)count, admin.options, admin.queue);
    int status = wait_for_result(&admin, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, error, error_size);
    rd_kafka_DeleteTopic_destroy_array(topics, (size_t)count);
    free(topics);
    close_admin(&admin);
    return status;
}

/* The end of a partition. One that has just been made may not have a leader yet, or another one than is known. */
static rd_kafka_resp_err_t find_end(rd_kafka_t *client, const char *topic, int32_t partition, int64_t *end) {
    int64_t first, limit = bench_now_ns() + (int64_t)ADMIN_TIMEOUT_MS * 1000000;
    for (;;) {
        rd_kafka_resp_err_t code =
            rd_kafka_query_watermark_offsets(client, topic, partition, &first, end, ADMIN_TIMEOUT_MS);
        if (!code || bench_now_ns() > limit) return code;
        bench_wait_until_ns(bench_now_ns() + 50000000);
    }
}

long cbaseline_log_end(const char *brokers, const char *topic, int partitions, char *error, size_t error_size) {
    rd_kafka_conf_t *configuration = rd_kafka_conf_new();
    rd_kafka_conf_set(configuration, "bootstrap.servers", brokers, error, error_size);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, error, error_size);
    if (client == NULL) {
        rd_kafka_conf_destroy(configuration);
        return -1;
    }
    long sum = 0;
    for (int32_t partition = 0; partition < partitions && sum >= 0; partition++) {
        int64_t end = 0;
        rd_kafka_resp_err_t code = find_end(client, topic, partition, &end);
        if (code) snprintf(error, error_size, "the end of %s: %s", topic, rd_kafka_err2str(code));
        sum = code ? -1 : sum + (long)end;
    }
    rd_kafka_destroy(client);
    return sum;
}
