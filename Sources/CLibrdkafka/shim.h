/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIBRDKAFKA_SHIM_H
#define CLIBRDKAFKA_SHIM_H

#if defined(__has_include) && !__has_include(<librdkafka/rdkafka.h>)
#error "librdkafka headers not found. Debian/Ubuntu: apt-get install librdkafka-dev pkg-config; Fedora: dnf install librdkafka-devel; macOS: brew install librdkafka pkgconf"
#endif
#include <librdkafka/rdkafka.h>

#if RD_KAFKA_VERSION < 0x020000ff
#error "librdkafka >= 2.0.0 is required (this package is tested with 2.0.2)"
#endif

#if defined(__linux__)
#include <sys/prctl.h>
/* prctl is variadic; the name shows in top, gdb and perf. */
static inline void clibrdkafka_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
#else
#include <pthread.h>
static inline void clibrdkafka_name_thread(const char *name) { pthread_setname_np(name); }
#endif

/* A global variable, which Swift's concurrency checks refuse. */
static inline char **clibrdkafka_environ(void) {
    extern char **environ;
    return environ;
}

/* rd_kafka_producev is variadic. A header list, never single headers: librdkafka 2.0.2 frees those twice when the
 * partition does not exist (librdkafka issue 4627). The list stays the caller's unless this returns 0. */
static inline rd_kafka_resp_err_t
clibrdkafka_producev(rd_kafka_t *client, rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_size,
                     const void *value, size_t value_size, rd_kafka_headers_t *headers, int64_t timestamp,
                     void *opaque) {
    return rd_kafka_producev(client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_size),
                             RD_KAFKA_V_VALUE((void *)value, value_size), RD_KAFKA_V_HEADERS(headers),
                             RD_KAFKA_V_TIMESTAMP(timestamp), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}

#endif
