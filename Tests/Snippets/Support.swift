// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

// What the slices take for granted: a program around them.

struct Order: Sendable {
    var message: ProducerMessage
}

struct ConsumedRecord: Sendable {
    var value: String
}

struct TokenServer: Sendable {
    struct Answer {
        var token: String
        var expiration: Timestamp
    }

    func fetchToken() async throws -> Answer { Answer(token: "", expiration: .now) }
}

func later(_ message: ProducerMessage) async {}

func give(up message: ProducerMessage, because code: KafkaError.Code) {}

func fail(_ problems: [Preflight.Problem]) {}

func transformed(_ record: ConsumedRecord) -> ProducerMessage { ProducerMessage(topic: "bills", value: record.value) }
