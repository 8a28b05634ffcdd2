// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A line on its way, and what was done for it so far. It travels as the `metadata` of its messages, so that an outcome
/// brings it back: no table of message ids is needed to find it again.
struct Item: Sendable, Hashable {
    /// The number of the line, from 1; negative for one out of the spool, which was answered in an earlier life.
    let id: Int
    let text: String
    /// How often it was sent to the topic it is meant for now.
    var attempts = 1
    /// An earlier attempt may be in the log: sending it again may make a second copy of it.
    var mayBeInLog = false
    /// Why nobody will ever accept it, once that is known: it goes to the dead-letter topic then.
    var rejection: String?

    var isReplayed: Bool { id < 0 }
}

extension Item {
    func message(topic: String, deadLetterTopic: String) -> ProducerMessage {
        var headers: [RecordHeader] = []
        // Consumers that must not count twice look twice at these.
        if mayBeInLog { headers.append(RecordHeader("possible-duplicate", "true")) }
        if let rejection {
            headers.append(RecordHeader("original-topic", topic))
            headers.append(RecordHeader("error", rejection))
        }
        return ProducerMessage(
            topic: Topic(rejection == nil ? topic : deadLetterTopic),
            value: text,
            headers: headers,
            metadata: self
        )
    }
}
