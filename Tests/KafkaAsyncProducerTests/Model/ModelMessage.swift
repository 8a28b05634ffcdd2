// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// A message of a plan, known by its number: in its value, its key or a header, so that each outcome and each record
/// says which one it is.
struct ModelMessage: Sendable {
    let number: Int
    let message: ProducerMessage
    /// For the borrowed forms, which carry a tag instead of headers, a time and metadata.
    let tag: UInt64?

    func tagged(_ tag: UInt64?) -> ModelMessage { ModelMessage(number: number, message: message, tag: tag) }

    /// What the borrowed forms can carry.
    var isBorrowable: Bool {
        message.headers.isEmpty && message.timestamp == nil && message.metadata == nil
    }

    /// What a producer must refuse it with whatever its state; empty when it may accept it.
    func refusals(_ buffering: AsyncProducer.Configuration.Buffering) -> Set<KafkaError.Code> {
        var codes: Set<KafkaError.Code> = []
        if Self.badTopics.contains(message.topic.name) { codes.insert(.invalidTopic) }
        if let partition = message.partition, partition < 0 { codes.insert(.invalidMessage) }
        if let timestamp = message.timestamp, timestamp.millisecondsSinceEpoch <= 0 { codes.insert(.invalidMessage) }
        if message.headers.contains(where: { $0.name.utf8.contains(0) }) { codes.insert(.invalidMessage) }
        if let tag, tag >= 1 << 48 { codes.insert(.invalidMessage) }
        if payload > buffering.maximumBytes { codes.insert(.messageTooLarge) }
        return codes
    }

    /// Keys, values and headers.
    var payload: Int {
        message.headers.reduce((message.key?.count ?? 0) + (message.value?.count ?? 0)) {
            $0 + $1.name.utf8.count + ($1.value?.count ?? 0)
        }
    }

    static let badTopics = ["", "not a topic", ".."]
    private static let header = "number"

    /// The number in a key, a value or a header.
    static func number(key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader]) -> Int? {
        number(value) ?? number(key)
            ?? headers.lazy.compactMap { number($0.name == header ? $0.value?.array : nil) }.first
    }

    /// `17|…` is 17.
    private static func number(_ bytes: [UInt8]?) -> Int? {
        guard let bytes, let end = bytes.firstIndex(of: UInt8(ascii: "|")) else { return nil }
        return Int(String(decoding: bytes[..<end], as: UTF8.self))
    }

    private static func numbered(_ number: Int, padding: Int) -> [UInt8] {
        Array("\(number)|".utf8) + [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: padding)
    }

    /// One message to one of the topics; every kind of key, value, header, time, place and attachment there is.
    ///
    /// - Parameter isSound: Whether nothing but a fault can keep it from being delivered.
    static func random(
        _ number: Int,
        _ setting: ModelSetting,
        isSound: Bool = false,
        using random: inout SplitMix64
    ) -> ModelMessage {
        let place: (topic: Topic, partition: Int32?) =
            isSound ? (Topic(random.pick(setting.topics).name), nil) : Self.place(setting, using: &random)
        let largest = isSound ? min(setting.largestValue, setting.largestMessage / 2) : setting.largestValue
        let padding = random.pick([0, 0, 1, 10, 100, largest])
        var key: KafkaBytes?
        var value: KafkaBytes?
        var headers: [RecordHeader] = []
        // Where the number is; the rest is free.
        let carrier = random.pick([0, 0, 0, 0, 1, 2])
        switch carrier {
        case 0: value = KafkaBytes(numbered(number, padding: padding))
        case 1: key = KafkaBytes(numbered(number, padding: padding))
        default: headers = [RecordHeader(header, numbered(number, padding: padding))]
        }
        if carrier != 0 {
            value = random.pick([nil, KafkaBytes([]), KafkaBytes("a text"), KafkaBytes([1, 2, 3][1...])])
        }
        if carrier != 1 { key = random.pick([nil, nil, KafkaBytes(""), KafkaBytes("k\(number % 5)")]) }
        // Half of them plain: those go the fast ways.
        guard random.oneIn(2) else {
            let message = ProducerMessage(
                topic: place.topic,
                partition: place.partition,
                key: key,
                value: value,
                headers: headers
            )
            return ModelMessage(number: number, message: message, tag: nil)
        }
        if random.oneIn(3) {
            headers += [RecordHeader("a", "b"), RecordHeader("a", nil), RecordHeader("", KafkaBytes([]))]
        }
        if random.oneIn(100) { headers.append(RecordHeader("nul\0", "x")) }
        let time: Int64? =
            random.oneIn(100) ? random.pick([0, -1]) : random.pick([nil, nil, 1, 1_700_000_000_000 + Int64(number)])
        let metadata: (any Sendable)? = random.pick([nil, number, "attached to \(number)"])
        let message = ProducerMessage(
            topic: place.topic,
            partition: place.partition,
            key: key,
            value: value,
            headers: headers,
            timestamp: time.map { Timestamp(millisecondsSinceEpoch: $0) },
            metadata: metadata
        )
        return ModelMessage(number: number, message: message, tag: nil)
    }

    private static func place(
        _ setting: ModelSetting,
        using random: inout SplitMix64
    ) -> (topic: Topic, partition: Int32?) {
        if random.oneIn(60) { return (Topic(random.pick(badTopics)), nil) }
        if random.oneIn(25) { return (Topic(ModelSetting.missingTopic), random.pick([nil, nil, 0])) }
        let topic = random.pick(setting.topics)
        switch Int.random(in: 0..<12, using: &random) {
        case 0...6: return (Topic(topic.name), nil)
        case 7...9: return (Topic(topic.name), Int32.random(in: 0..<Int32(topic.partitions), using: &random))
        case 10: return (Topic(topic.name), random.pick([nil, Int32(topic.partitions), 1_000, .max]))
        default: return (Topic(topic.name), random.oneIn(5) ? random.pick([-1, .min]) : nil)
        }
    }
}

extension ModelMessage: CustomStringConvertible {
    var description: String {
        var text = "\(number) \(message.topic)"
        if let partition = message.partition { text += "[\(partition)]" }
        if let key = message.key { text += " key \(key.count)" }
        text += message.value.map { " \($0.count) B" } ?? " tombstone"
        if !message.headers.isEmpty { text += " headers" }
        if let timestamp = message.timestamp { text += " time \(timestamp.millisecondsSinceEpoch)" }
        if message.metadata != nil { text += " metadata" }
        if let tag { text += " tag \(tag)" }
        return text
    }
}
