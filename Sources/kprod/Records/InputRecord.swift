// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A record as the input describes it; what it leaves open, the command line says.
struct InputRecord: Equatable, Sendable {
    /// Nil is the topic of the run.
    var topic: String?
    /// Nil is the partition of the run, or the partitioner's choice.
    var partition: Int32?
    var key: [UInt8]?
    /// Whether it has no key although there may be one for all.
    var isKeyNull = false
    /// Nil is a tombstone.
    var value: [UInt8]?
    /// They come after those of the run.
    var headers: [RecordHeader] = []
    var timestamp: Timestamp?
    /// In which unit the timestamp seems to be, if not in milliseconds.
    var suspectedUnit: TimeText.Unit?
    /// What the input said of it that no record has, if that is left out.
    var ignoredMember: String?

    init(key: [UInt8]? = nil, value: [UInt8]?) {
        self.key = key
        self.value = value
    }

    /// A record whose fields lie in `bytes`.
    init(_ fields: RecordFields, of bytes: Span<UInt8>) {
        switch fields.key {
        case .ofRun: key = nil
        case .null: isKeyNull = true
        case .range(let range): key = [UInt8](copying: bytes.extracting(range))
        }
        value = fields.value.map { [UInt8](copying: bytes.extracting($0)) }
    }

    /// Takes over a time.
    mutating func setTime(_ time: TimeText?) {
        timestamp = time.map { Timestamp(millisecondsSinceEpoch: $0.milliseconds) }
        suspectedUnit = time?.suspectedUnit
    }

    /// What is sent to `topic`, unless the record names another.
    func message(to topic: Topic) -> ProducerMessage {
        ProducerMessage(
            topic: self.topic.map { Topic($0) } ?? topic,
            partition: partition,
            key: key.map { KafkaBytes($0) },
            value: value.map { KafkaBytes($0) },
            headers: headers,
            timestamp: timestamp
        )
    }
}
