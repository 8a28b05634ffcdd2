// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

struct Order: Sendable, Hashable {
    let number: Int
    let customer: String
    let item: String
}

/// The code that the tests of this package are about: it takes orders and tells the customer what became of them.
///
/// It gets its producer, and does not make it: a test hands it one of a mock cluster.
struct OrderDesk: Sendable {
    let producer: AsyncProducer
    var topic: Topic = "orders"

    func place(_ order: Order) async -> Reply {
        do throws(ProducerError) {
            _ = try await producer.deliver(message(for: order))
            return .placed
        } catch {
            return Reply(to: error)
        }
    }

    /// What is written for an order: the customer is the key, so that his orders stay in order.
    func message(for order: Order) -> ProducerMessage {
        ProducerMessage(
            topic: topic,
            key: order.customer,
            value: "\(order.number),\(order.item)",
            headers: [RecordHeader("version", "1")]
        )
    }
}
