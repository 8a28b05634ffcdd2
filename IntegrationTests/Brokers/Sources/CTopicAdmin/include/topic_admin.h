/* SPDX-License-Identifier: Apache-2.0 */
/* Topics made and changed through librdkafka's admin API: a tool of Kafka's own costs a Java start each time. All
   calls block, for at most a minute; 0 is success, otherwise `error` says what failed. */
#pragma once
#include <stddef.h>

/* `settings` holds `setting_count` pairs of name and value. */
int topic_admin_create(const char *brokers, const char *topic, int partitions, int replication,
                       char *const *settings, size_t setting_count, char *error, size_t error_size);
int topic_admin_delete(const char *brokers, const char *topic, char *error, size_t error_size);
/* `total` is the number of partitions it is to have. */
int topic_admin_add_partitions(const char *brokers, const char *topic, int total, char *error, size_t error_size);
