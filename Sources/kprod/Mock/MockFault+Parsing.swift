// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

extension MockFault {
    /// `rtt 20ms`, `fail Produce:NOT_ENOUGH_REPLICAS*5`, `down 2@10s`: the word of an option, and its value.
    init(_ word: String, _ value: String) throws(OptionValue.Invalid) {
        text = value.isEmpty ? word : "\(word) \(value)"
        let parts = value.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        delay = parts.count == 2 ? try OptionValue.duration(String(parts[1])) : .zero
        action = try Self.action(word, String(parts.first ?? ""))
    }

    private static func action(_ word: String, _ value: String) throws(OptionValue.Invalid) -> Action {
        switch word {
        case "rtt":
            let (time, broker) = try atBroker(value)
            return .roundTripTime(time == "0" ? .zero : try OptionValue.duration(time), broker: broker)
        case "fail":
            let (failure, broker) = try atBroker(value)
            let (name, what) = try pair(failure, "REQUEST:ERROR, such as Produce:NOT_ENOUGH_REPLICAS*5")
            let times = what.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
            let count = times.count == 2 ? try OptionValue.count(String(times[1])) : 1
            return .fail(try request(name), try error(String(times[0])), count: count, broker: broker)
        case "delay":
            let (late, broker) = try atBroker(value)
            let (name, time) = try pair(late, "REQUEST:TIME, such as Produce:2s")
            return .delay(try request(name), try OptionValue.duration(time), broker: broker)
        case "down": return .down(try broker(value))
        case "up": return .up(try broker(value))
        case "leader":
            let form = "TOPIC:PARTITION=BROKER, such as orders:0=2, or orders:0=none"
            guard let equals = value.lastIndex(of: "=") else { throw OptionValue.Invalid("is not \(form)") }
            let (topic, number) = try pair(String(value[..<equals]), form)
            guard let partition = Int32(number), partition >= 0 else { throw OptionValue.Invalid("is not \(form)") }
            let leader = String(value[value.index(after: equals)...])
            return .leader(topic: topic, partition: partition, broker: leader == "none" ? nil : try broker(leader))
        case "topic":
            let topic = try OptionValue.topicWithPartitions(value)
            return .createTopic(topic.name, partitions: topic.partitions)
        case "topic-error":
            let (topic, name) = try pair(value, "TOPIC:ERROR, or TOPIC:none")
            return .topicError(topic, name == "none" ? nil : try error(name))
        case "clear" where value.isEmpty: return .clear
        default: throw OptionValue.Invalid("is no fault; the words are \(words)")
        }
    }

    /// What is in front of the last `/`, and the broker behind it.
    private static func atBroker(_ value: String) throws(OptionValue.Invalid) -> (String, Int32?) {
        guard let slash = value.lastIndex(of: "/") else { return (value, nil) }
        return (String(value[..<slash]), try broker(String(value[value.index(after: slash)...])))
    }

    /// What is on either side of the last colon.
    private static func pair(_ value: String, _ form: String) throws(OptionValue.Invalid) -> (String, String) {
        guard let colon = value.lastIndex(of: ":"), colon != value.startIndex else {
            throw OptionValue.Invalid("is not \(form)")
        }
        return (String(value[..<colon]), String(value[value.index(after: colon)...]))
    }

    private static func broker(_ text: String) throws(OptionValue.Invalid) -> Int32? {
        if text == "all" { return nil }
        guard let id = Int32(text), id > 0 else {
            throw OptionValue.Invalid("names no broker; write its number, from 1, or all")
        }
        return id
    }

    private static func request(_ name: String) throws(OptionValue.Invalid) -> MockCluster.Request {
        let names: [(String, MockCluster.Request)] = [
            ("Produce", .produce), ("Fetch", .fetch), ("ListOffsets", .listOffsets),
            ("FindCoordinator", .findCoordinator), ("InitProducerId", .initProducerId),
            ("AddPartitionsToTxn", .addPartitionsToTransaction), ("EndTxn", .endTransaction),
        ]
        if let known = names.first(where: { $0.0.lowercased() == name.lowercased() }) { return known.1 }
        if let number = Int16(name), number >= 0 { return MockCluster.Request(rawValue: number) }
        throw OptionValue.Invalid("has no request of Kafka's; write one of \(names.map(\.0).joined(separator: ", "))")
    }

    /// By Kafka's name or number; DISCONNECT breaks the connection instead of answering.
    private static func error(_ name: String) throws(OptionValue.Invalid) -> KafkaError.Code {
        let upper = name.uppercased()
        if ["DISCONNECT", "_TRANSPORT"].contains(upper) { return .transport }
        if let number = Int32(name), 1...Int32(Int16.max) ~= number { return KafkaError.Code(rawValue: number) }
        let codes = (1...150).map { KafkaError.Code(rawValue: $0) }
        if let code = codes.first(where: { $0.name == upper }) { return code }
        let hint = Suggestion.nearest(to: upper, in: codes.map(\.name)).map { "; did you mean \($0)?" } ?? ""
        throw OptionValue.Invalid("has no error of Kafka's, such as NOT_ENOUGH_REPLICAS or DISCONNECT\(hint)")
    }
}
