/* SPDX-License-Identifier: Apache-2.0 */
#include "topic_admin.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>

enum { TIMEOUT_MS = 60000 };

struct admin {
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    rd_kafka_AdminOptions_t *options;
};

static void no_log(const rd_kafka_t *client, int level, const char *facility, const char *text) {
    (void)client, (void)level, (void)facility, (void)text;
}

static int open_admin(struct admin *admin, const char *brokers, rd_kafka_admin_op_t operation, char *error,
                      size_t error_size) {
    rd_kafka_conf_t *configuration = rd_kafka_conf_new();
    /* A node that is down is the tests' business, not a line on the terminal. */
    rd_kafka_conf_set_log_cb(configuration, no_log);
    if (rd_kafka_conf_set(configuration, "bootstrap.servers", brokers, error, error_size) != RD_KAFKA_CONF_OK ||
        !(admin->client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, error, error_size))) {
        rd_kafka_conf_destroy(configuration);
        return -1;
    }
    admin->queue = rd_kafka_queue_new(admin->client);
    admin->options = rd_kafka_AdminOptions_new(admin->client, operation);
    rd_kafka_AdminOptions_set_request_timeout(admin->options, TIMEOUT_MS, error, error_size);
    /* Answered only when it is done on the brokers. */
    rd_kafka_AdminOptions_set_operation_timeout(admin->options, TIMEOUT_MS, error, error_size);
    return 0;
}

static const rd_kafka_topic_result_t **results(rd_kafka_event_t *event, size_t *count) {
    switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_CREATETOPICS_RESULT:
        return rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), count);
    case RD_KAFKA_EVENT_DELETETOPICS_RESULT:
        return rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), count);
    default:
        return rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event), count);
    }
}

/* Waits for the answer, and closes. */
static int finish(struct admin *admin, char *error, size_t error_size) {
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, -1);
    int status = 0;
    if (rd_kafka_event_error(event)) {
        snprintf(error, error_size, "%s", rd_kafka_event_error_string(event));
        status = -1;
    } else {
        size_t count = 0;
        const rd_kafka_topic_result_t **topics = results(event, &count);
        for (size_t index = 0; index < count && status == 0; index++) {
            if (!rd_kafka_topic_result_error(topics[index])) continue;
            const char *text = rd_kafka_topic_result_error_string(topics[index]);
            snprintf(error, error_size, "%s: %s", rd_kafka_topic_result_name(topics[index]),
                     text ? text : rd_kafka_err2str(rd_kafka_topic_result_error(topics[index])));
            status = -1;
        }
    }
    rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(admin->options);
    rd_kafka_queue_destroy(admin->queue);
    rd_kafka_destroy(admin->client);
    return status;
}

int topic_admin_create(const char *brokers, const char *topic, int partitions, int replication,
                       char *const *settings, size_t setting_count, char *error, size_t error_size) {
    struct admin admin;
    if (open_admin(&admin, brokers, RD_KAFKA_ADMIN_OP_CREATETOPICS, error, error_size)) return -1;
    rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(topic, partitions, replication, error, error_size);
    for (size_t index = 0; wanted && index < setting_count; index++) {
        rd_kafka_NewTopic_set_config(wanted, settings[2 * index], settings[2 * index + 1]);
    }
    if (wanted) {
        rd_kafka_CreateTopics(admin.client, &wanted, 1, admin.options, admin.queue);
        rd_kafka_NewTopic_destroy(wanted);
        return finish(&admin, error, error_size);
    }
    rd_kafka_AdminOptions_destroy(admin.options);
    rd_kafka_queue_destroy(admin.queue);
    rd_kafka_destroy(admin.client);
    return -1;
}

int topic_admin_delete(const char *brokers, const char *topic, char *error, size_t error_size) {
    struct admin admin;
    if (open_admin(&admin, brokers, RD_KAFKA_ADMIN_OP_DELETETOPICS, error, error_size)) return -1;
    rd_kafka_DeleteTopic_t *unwanted = rd_kafka_DeleteTopic_new(topic);
    rd_kafka_DeleteTopics(admin.client, &unwanted, 1, admin.options, admin.queue);
    rd_kafka_DeleteTopic_destroy(unwanted);
    return finish(&admin, error, error_size);
}

int topic_admin_add_partitions(const char *brokers, const char *topic, int total, char *error, size_t error_size) {
    struct admin admin;
    if (open_admin(&admin, brokers, RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, error, error_size)) return -1;
    rd_kafka_NewPartitions_t *wanted = rd_kafka_NewPartitions_new(topic, (size_t)total, error, error_size);
    if (wanted) {
        rd_kafka_CreatePartitions(admin.client, &wanted, 1, admin.options, admin.queue);
        rd_kafka_NewPartitions_destroy(wanted);
        return finish(&admin, error, error_size);
    }
    rd_kafka_AdminOptions_destroy(admin.options);
    rd_kafka_queue_destroy(admin.queue);
    rd_kafka_destroy(admin.client);
    return -1;
}
