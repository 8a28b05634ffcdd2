/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Long enough for a slow machine, short enough that a run that cannot end fails. */
enum { FLUSH_TIMEOUT_MS = 60000 };

const char *cbaseline_librdkafka_version(void) { return rd_kafka_version_str(); }

static void *poll_until_stopped(void *argument) {
    struct client *client = argument;
    while (!atomic_load_explicit(&client->is_stopping, memory_order_relaxed)) rd_kafka_poll(client->handle, 100);
    return NULL;
}

static bool start_polling(struct client *client) {
    atomic_store(&client->is_stopping, false);
    return pthread_create(&client->poller, NULL, poll_until_stopped, client) == 0;
}

static void stop_polling(struct client *client) {
    atomic_store(&client->is_stopping, true);
    pthread_join(client->poller, NULL);
}

struct share {
    struct client *client;
    sender *send;
    long count;
    rd_kafka_resp_err_t error;
    int64_t cpu_ns;
};

static void *send_share(void *argument) {
    struct share *share = argument;
    int64_t before = bench_thread_cpu_ns();
    if (!share->send(share->client, share->count)) {
        share->error = rd_kafka_last_error();
        if (!share->error) share->error = RD_KAFKA_RESP_ERR__FAIL;
    }
    share->cpu_ns = bench_thread_cpu_ns() - before;
    return NULL;
}

/* One sender is the calling thread; more are threads of their own with an equal part each. */
static rd_kafka_resp_err_t send_all(struct client *client, sender *send, long count) {
    int senders = client->plan->sender_count;
    struct share shares[senders];
    pthread_t threads[senders];
    for (int index = 0; index < senders; index++) {
        long part = count / senders + (index < count % senders ? 1 : 0);
        shares[index] = (struct share){client, send, part, RD_KAFKA_RESP_ERR_NO_ERROR, 0};
        if (index > 0) pthread_create(&threads[index], NULL, send_share, &shares[index]);
    }
    send_share(&shares[0]);
    rd_kafka_resp_err_t error = shares[0].error;
    client->sending_ns = senders == 1 ? shares[0].cpu_ns : 0;
    for (int index = 1; index < senders; index++) {
        pthread_join(threads[index], NULL);
        if (shares[index].error) error = shares[index].error;
    }
    return error;
}

/* Sends, and waits until everything is delivered. */
static rd_kafka_resp_err_t run_phase(struct client *client, sender *send, long count) {
    if (!start_polling(client)) return RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
    rd_kafka_resp_err_t error = send_all(client, send, count);
    /* The flush ends linger and polls itself from here on. */
    stop_polling(client);
    if (!error) error = rd_kafka_flush(client->handle, FLUSH_TIMEOUT_MS);
    return error ? error : client->outcomes.error;
}

static rd_kafka_resp_err_t stay_idle(struct client *client) {
    if (!start_polling(client)) return RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
    bench_wait_until_ns(bench_now_ns() + client->plan->idle_ns);
    stop_polling(client);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static bool apply(rd_kafka_conf_t *configuration, const char *properties, char *error, size_t error_size) {
    char *lines = strdup(properties);
    char *rest = NULL;
    bool is_valid = true;
    for (char *line = strtok_r(lines, "\n", &rest); line && is_valid; line = strtok_r(NULL, "\n", &rest)) {
        char *value = strchr(line, '=');
        if (value == NULL) continue;
        *value++ = '\0';
        is_valid = rd_kafka_conf_set(configuration, line, value, error, error_size) == RD_KAFKA_CONF_OK;
    }
    free(lines);
    return is_valid;
}

static bool open_client(struct client *client, char *error, size_t error_size) {
    const cbaseline_plan *plan = client->plan;
    rd_kafka_conf_t *configuration = rd_kafka_conf_new();
    if (!apply(configuration, plan->properties, error, error_size)) {
        rd_kafka_conf_destroy(configuration);
        return false;
    }
    rd_kafka_conf_set_dr_msg_cb(configuration, client_delivery_callback(plan->mode));
    rd_kafka_conf_set_opaque(configuration, client);
    client->handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, error, error_size);
    if (client->handle == NULL) {
        rd_kafka_conf_destroy(configuration);
        return false;
    }
    client->topics = calloc((size_t)plan->topic_count, sizeof *client->topics);
    for (int index = 0; index < plan->topic_count; index++) {
        char name[256];
        snprintf(name, sizeof name, "%s-%d", plan->topic_prefix, index);
        client->topics[index] = rd_kafka_topic_new(client->handle, name, NULL);
    }
    client->value = malloc(plan->value_size);
    memset(client->value, 'x', plan->value_size);
    pthread_mutex_init(&client->window_lock, NULL);
    pthread_cond_init(&client->window_opened, NULL);
    client->window = plan->window;
    client->outcomes.may_fail = plan->hang_ns > 0;
    return true;
}

static void close_client(struct client *client) {
    for (int index = 0; index < client->plan->topic_count; index++) rd_kafka_topic_destroy(client->topics[index]);
    rd_kafka_destroy(client->handle);
    pthread_mutex_destroy(&client->window_lock);
    pthread_cond_destroy(&client->window_opened);
    free(client->topics);
    free(client->value);
}

/* Paced messages are due from a little later than now on: the first are not late because threads are starting. */
static void start_timing(struct client *client, bench_result *result) {
    const cbaseline_plan *plan = client->plan;
    client->latencies_ns = result->latencies_ns;
    /* Each is -1 until its message is delivered. */
    memset(client->latencies_ns, 0xff, (size_t)plan->messages * sizeof *client->latencies_ns);
    client->latency_start_ns = bench_now_ns() + 10000000;
    client->hang.broker_count = plan->broker_count;
    client->hang.first = plan->hang_start_ns / plan->interval_ns;
    client->hang.end = (plan->hang_start_ns + plan->hang_ns) / plan->interval_ns;
    if (plan->hang_ns > 0) bench_print_start();
}

static rd_kafka_resp_err_t measure(struct client *client, bench_result *result) {
    const cbaseline_plan *plan = client->plan;
    result->base_resident_bytes = bench_resident_bytes();
    bool is_self_timed = plan->mode == CBASELINE_PACED || plan->mode == CBASELINE_IDLE;
    sender *send = client_sender(plan);
    rd_kafka_resp_err_t error = run_phase(client, is_self_timed ? send_plain : send, plan->warmup);
    if (error) return error;
    long before = client->outcomes.succeeded;
    if (plan->mode == CBASELINE_PACED) start_timing(client, result);
    result->start = bench_sample_now();
    error = plan->mode == CBASELINE_IDLE ? stay_idle(client) : run_phase(client, send, plan->messages);
    result->end = bench_sample_now();
    result->hang = client->hang;
    result->sending_ns = client->sending_ns;
    result->seen = client->outcomes.succeeded - before;
    return error;
}

int cbaseline_run(const cbaseline_plan *plan, bench_result *result, char *error, size_t error_size) {
    struct client client = {.plan = plan};
    if (!open_client(&client, error, error_size)) return -1;
    rd_kafka_resp_err_t code = measure(&client, result);
    result->messages = plan->messages;
    result->latency_count = client.latencies_ns ? plan->messages : 0;
    result->accepted = plan->warmup + plan->messages;
    result->succeeded = client.outcomes.succeeded;
    result->failed = client.outcomes.failed;
    close_client(&client);
    if (!code) return 0;
    snprintf(error, error_size, "%s", rd_kafka_err2str(code));
    return -1;
}
