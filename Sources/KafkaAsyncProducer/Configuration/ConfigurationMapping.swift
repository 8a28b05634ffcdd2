// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A property as librdkafka gets it.
struct LibrdkafkaProperty {
    let name: String
    let value: String
    /// The property of ``AsyncProducer/Configuration`` it came from; nil when the user gave librdkafka's name.
    let origin: String?

    /// How errors call it: our name first, if it has one.
    var shownName: String {
        let name = PropertyName.shown(name)
        return origin.flatMap { $0.isEmpty ? nil : "\($0) (\(name))" } ?? "\"\(name)\""
    }

    /// The value, unless it must not be shown.
    var shownText: String {
        PropertyName.shown(value: value, of: name, isKnown: origin != nil)
    }

    /// The same, for an error.
    var shownValue: String {
        let text = shownText
        return text == "[redacted]" ? text : "\"\(printable(text, limit: 80))\""
    }
}

/// Where a property was given, such as `prod.conf:12`.
struct PropertyOrigin {
    let source: String
    /// As librdkafka gets it: when that has changed since, the program has set another.
    let value: String
}

/// The only place that knows both our names and librdkafka's.
extension AsyncProducer.Configuration {
    /// Everything that is set, the user's own properties last: they win.
    var librdkafkaProperties: [LibrdkafkaProperty] {
        var properties: [LibrdkafkaProperty] = []
        func add(_ name: String, _ value: String?, _ origin: String) {
            if let value { properties.append(LibrdkafkaProperty(name: name, value: value, origin: origin)) }
        }
        add("bootstrap.servers", bootstrapServers.joined(separator: ","), "bootstrapServers")
        add("client.id", clientID, "clientID")
        add("client.software.name", "kafka-async-producer-swift", "")
        add("linger.ms", batching.linger.millisecondsText, "batching.linger")
        add("batch.size", String(batching.maximumBytes), "batching.maximumBytes")
        add("batch.num.messages", String(batching.maximumMessages), "batching.maximumMessages")
        add("compression.codec", batching.compression.rawValue, "batching.compression")
        add("acks", delivery.acks.rawValue, "delivery.acks")
        add("enable.idempotence", String(delivery.idempotence), "delivery.idempotence")
        add("message.timeout.ms", delivery.timeout.wholeMillisecondsText, "delivery.timeout")
        add("transactional.id", transactionalID, "transactionalID")
        if transactionalID != nil || librdkafka["transactional.id"] != nil {
            add("transaction.timeout.ms", transactionTimeout.wholeMillisecondsText, "transactionTimeout")
        }
        add("message.max.bytes", String(delivery.maximumMessageBytes), "delivery.maximumMessageBytes")
        add("partitioner", partitioning.librdkafkaName, "partitioning")
        // The budget is the library's: librdkafka's own counts value bytes only, and would refuse instead of waiting.
        add("queue.buffering.max.messages", "0", "buffering.maximumMessages")
        add("queue.buffering.max.kbytes", "2147483647", "buffering.maximumBytes")
        // Nagle's algorithm adds up to 40 ms to a small request; librdkafka turned it off itself in 2.10.
        add("socket.nagle.disable", "true", "")
        // As Java's: librdkafka's own ten seconds are longer than most outages, and its messages wait for them.
        add("reconnect.backoff.max.ms", "1000", "")
        // Finds a connection that a firewall dropped before the first message after a pause pays for it.
        add("socket.keepalive.enable", "true", "")
        properties.append(contentsOf: security.librdkafkaProperties)
        add(
            "statistics.interval.ms",
            librdkafkaStatistics?.interval.wholeMillisecondsText,
            "librdkafkaStatistics.interval"
        )
        for (name, value) in librdkafka.sorted(by: { $0.key < $1.key }) {
            properties.append(LibrdkafkaProperty(name: name, value: value, origin: nil))
        }
        return properties
    }
}

extension AsyncProducer.Configuration {
    /// The partitioning: librdkafka's own name for one wins, as all of them do.
    func partitioning(_ properties: borrowing ClientProperties) throws(KafkaError) -> AsyncProducer.Partitioning {
        let isNamed = librdkafka.keys.contains { PropertyName.canonical($0) == "partitioner" }
        guard isNamed, let name = properties.value(of: "partitioner") else { return partitioning }
        return AsyncProducer.Partitioning(.hash(try Partitioner(named: name)))
    }

    /// Where a property was given, if it came out of a file, a variable or the like and is still what it was.
    func source(of property: LibrdkafkaProperty) -> String? {
        guard let origin = origins[PropertyName.canonical(property.name)], origin.value == property.value else {
            return nil
        }
        return origin.source
    }

    /// The property that librdkafka gets under a name, whatever alias it was given by.
    func librdkafkaProperty(_ name: String) -> LibrdkafkaProperty? {
        let canonical = PropertyName.canonical(name)
        return librdkafkaProperties.last { PropertyName.canonical($0.name) == canonical }
    }

    /// How an error that is about several properties calls one: with its value, and with where it was given.
    func shown(_ property: LibrdkafkaProperty) -> String {
        let place = source(of: property).map { ", \(printable($0, limit: 200))" } ?? ""
        return "\(property.shownName) = \(property.shownValue)\(place)"
    }
}

extension Duration {
    /// In milliseconds, with as many decimals as librdkafka's `linger.ms` takes.
    fileprivate var millisecondsText: String {
        // Out of C's range either way: said in words when the value is checked.
        guard self > .seconds(-(1 << 40)), self < .seconds(1 << 40) else { return wholeMillisecondsText }
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let sign = microseconds < 0 ? "-" : ""
        let (whole, rest) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000)
        if rest == 0 { return "\(sign)\(whole)" }
        return "\(sign)\(whole).\(String(1_000 + rest).dropFirst())"
    }

    /// In whole milliseconds, at least 1 for anything above zero.
    fileprivate var wholeMillisecondsText: String { String(wholeMilliseconds) }

    /// In whole milliseconds, rounded up, clamped to what C takes.
    var wholeMilliseconds: Int32 {
        // Before its components are asked for, whose seconds need not fit their type.
        if self >= .seconds(2_147_483) { return .max }
        if self <= .seconds(-2_147_483) { return .min }
        let (seconds, attoseconds) = components
        let rounded = attoseconds > 0 ? (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000 : 0
        return Int32(clamping: seconds * 1_000 + rounded)
    }
}
