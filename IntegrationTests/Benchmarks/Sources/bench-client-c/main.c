/* SPDX-License-Identifier: Apache-2.0 */
/* bench-client-c: one run of the C baseline. Prints one JSON object. The driver gives all options. */
#include <c_baseline.h>
#include <measure.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(const char *argument) {
    fprintf(stderr, "bench-client-c: %s is not known or lacks its value\n", argument);
    return 2;
}

static bool parse_mode(const char *name, cbaseline_mode *mode) {
    static const char *const names[] = {
        [CBASELINE_PLAIN] = "plain",         [CBASELINE_BATCH] = "batch",   [CBASELINE_KEY] = "key",
        [CBASELINE_HEADERS] = "headers",     [CBASELINE_OPAQUE] = "opaque", [CBASELINE_LAST] = "last",
        [CBASELINE_TIMESTAMP] = "timestamp", [CBASELINE_PACED] = "paced",   [CBASELINE_IDLE] = "idle",
        [CBASELINE_WINDOW] = "window",       [CBASELINE_PLACE] = "place",
    };
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        if (strcmp(name, names[index]) != 0) continue;
        *mode = (cbaseline_mode)index;
        return true;
    }
    return false;
}

/* Adds a property to the plan's lines. */
static bool add_property(char *lines, size_t size, const char *property) {
    size_t length = strlen(lines);
    return snprintf(lines + length, size - length, "%s\n", property) < (int)(size - length);
}

static bool parse(cbaseline_plan *plan, char *properties, size_t size, const char *name, const char *value) {
    if (strcmp(name, "-X") == 0) return add_property(properties, size, value);
    if (strcmp(name, "--mode") == 0) return parse_mode(value, &plan->mode);
    if (strcmp(name, "--topic-prefix") == 0) return (plan->topic_prefix = value);
    long number = strtol(value, NULL, 10);
    if (strcmp(name, "--topics") == 0) return (plan->topic_count = (int)number) > 0;
    if (strcmp(name, "--senders") == 0) return (plan->sender_count = (int)number) > 0;
    if (strcmp(name, "--window") == 0) return (plan->window = (int)number) >= 0;
    if (strcmp(name, "--value-size") == 0) return (plan->value_size = (size_t)number) > 0;
    if (strcmp(name, "--warmup") == 0) return (plan->warmup = number) >= 0;
    if (strcmp(name, "--messages") == 0) return (plan->messages = number) >= 0;
    if (strcmp(name, "--interval-ns") == 0) return (plan->interval_ns = number) >= 0;
    if (strcmp(name, "--turns") == 0) return (plan->turn_count = (int)number) >= 0;
    if (strcmp(name, "--partitions") == 0) return (plan->partition_count = (int)number) > 0;
    if (strcmp(name, "--broker-count") == 0) return (plan->broker_count = (int)number) > 0;
    if (strcmp(name, "--hang-start-ms") == 0) return (plan->hang_start_ns = (int64_t)number * 1000000) >= 0;
    if (strcmp(name, "--hang-ms") == 0) return (plan->hang_ns = (int64_t)number * 1000000) >= 0;
    if (strcmp(name, "--idle-ms") == 0) return (plan->idle_ns = (int64_t)number * 1000000) >= 0;
    return false;
}

int main(int count, char **arguments) {
    bench_limit_life(600);
    char properties[4096] = "";
    cbaseline_plan plan = {.properties = properties, .topic_prefix = "benchmark", .topic_count = 1, .sender_count = 1};
    for (int index = 1; index < count; index += 2) {
        if (index + 1 == count) return usage(arguments[index]);
        if (!parse(&plan, properties, sizeof properties, arguments[index], arguments[index + 1])) {
            return usage(arguments[index]);
        }
    }
    bench_result result = {0};
    if (plan.mode == CBASELINE_PACED) result.latencies_ns = malloc((size_t)plan.messages * sizeof(int64_t));
    char error[512] = "";
    int status = cbaseline_run(&plan, &result, error, sizeof error);
    if (status == 0) {
        bench_print(&result);
    } else {
        fprintf(stderr, "bench-client-c: %s\n", error);
    }
    free(result.latencies_ns);
    return status == 0 ? 0 : 1;
}
