/* SPDX-License-Identifier: Apache-2.0 */
/* The mock cluster API is experimental: only KafkaTestKit imports CLibrdkafka.Mock. */
#ifndef CLIBRDKAFKA_MOCK_SHIM_H
#define CLIBRDKAFKA_MOCK_SHIM_H

#include "shim.h"
#include <librdkafka/rdkafka_mock.h>

/* rd_kafka_mock_broker_push_request_error_rtts is variadic: one error with its delay per call. */
static inline rd_kafka_resp_err_t
clibrdkafka_mock_push_error_rtt(rd_kafka_mock_cluster_t *cluster, int32_t broker, int16_t api,
                                rd_kafka_resp_err_t error, int rtt_ms) {
    return rd_kafka_mock_broker_push_request_error_rtts(cluster, broker, api, 1, error, rtt_ms);
}

#endif
