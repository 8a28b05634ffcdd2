// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func scope(_ producer: AsyncProducer, _ orders: [Order]) async throws {
    // snippet.scope
    try await producer.withDeliveryScope { scope in
        for order in orders { try await scope.send(order.message) }
    }
    // All of them are in the log.
    // snippet.end
}
