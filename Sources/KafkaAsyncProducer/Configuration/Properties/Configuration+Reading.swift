// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer.Configuration {
    /// A configuration from properties, librdkafka's or Java's.
    ///
    /// What has a property of its own here is found there, so that the program can still change it; the rest is in
    /// ``librdkafka``. What concerns only the Java client is left out and said in ``notes``. Weaker `acks` turn
    /// idempotence off unless `enable.idempotence` is named, as in the Java client.
    ///
    /// - Throws: ``KafkaError/Code/invalidConfiguration`` with the name and where it was given, for unknown names,
    ///   values that cannot be, and what librdkafka cannot do. Certificate files are looked at by ``AsyncProducer/init(_:)``.
    public init(_ properties: Properties) throws(KafkaError) {
        self.init(bootstrapServers: [])
        let java = try JavaProperties(properties)
        notes = java.notes
        var scratch = ClientProperties()
        try takeOwn(java.entries)
        for entry in java.entries where !OwnProperties.names.contains(entry.canonicalName) {
            do throws(KafkaError) {
                try check(entry, in: &scratch)
            } catch {
                guard Self.isJavaConsumers(entry) else { throw error }
                notes.append("\(entry.place): ignored, it concerns consumers only")
                continue
            }
            if !takeTyped(entry) { librdkafka[entry.name] = entry.value }
        }
        takeSecurity()
        noteOrigins(of: java.entries)
        if properties["enable.idempotence"] == nil, rulesOutIdempotence { delivery.idempotence = false }
    }

    /// Whether a value may be one for a consumer in Java, which reads the same file: `auto.offset.reset=none` and
    /// `fetch.max.bytes=2147483647` are none of librdkafka's.
    private static func isJavaConsumers(_ entry: Properties.Entry) -> Bool {
        guard PropertyTable.consumers.contains(entry.name) else { return false }
        let isNumber = PropertyTable.numbers.contains(entry.name)
        return !isNumber || Int64(entry.value).map { String($0) == entry.value } == true
    }

    /// Asks librdkafka whether name and value can be, so that an error can say where they were given.
    private func check(_ entry: Properties.Entry, in scratch: inout ClientProperties) throws(KafkaError) {
        if ["buffer.memory", "max.block.ms"].contains(entry.name) {
            // Java's own, which librdkafka cannot judge.
            let range = entry.name == "buffer.memory" ? 1...Int64(Int.max / 1_024) : 0...Int64.max
            guard let number = Int64(entry.value), String(number) == entry.value, range.contains(number) else {
                throw entry.failure("write a plain number, \(range.lowerBound) to \(range.upperBound)")
            }
            return
        }
        let isTyped = entry.name.hasPrefix("queue.buffering.max.")
        if !isTyped, let reason = refusal(of: entry.name) { throw entry.failure("refused: \(reason)") }
        let property = LibrdkafkaProperty(name: entry.name, value: entry.value, origin: nil)
        do throws(KafkaError) {
            try Self.set(property, in: &scratch)
            guard entry.canonicalName == "bootstrap.servers" else { return }
            let servers = Self.servers(in: entry.value)
            if servers.isEmpty {
                throw KafkaError(.invalidConfiguration, "\(entry.name) names no broker: write host:port")
            }
            try Self.check(servers: servers, scheme: nil, of: entry.name)
        } catch {
            guard let source = entry.source, source != entry.name else { throw error }
            throw KafkaError(.invalidConfiguration, "\(source): \(error.message)")
        }
    }

    /// Remembers where the properties were given, under what librdkafka will get.
    private mutating func noteOrigins(of entries: [Properties.Entry]) {
        let sources = Dictionary(entries.map { ($0.canonicalName, $0.source) }) { $1 }
        for property in librdkafkaProperties {
            let name = PropertyName.canonical(property.name)
            guard let source = sources[name] ?? nil else { continue }
            origins[name] = PropertyOrigin(source: source, value: property.value)
        }
    }

    /// Puts a value where it has a type; false when it has none, or is not plain enough for it.
    private mutating func takeTyped(_ entry: Properties.Entry) -> Bool {
        let value = entry.value
        switch entry.name {
        case "bootstrap.servers":
            bootstrapServers = Self.servers(in: value)
            return true
        case "client.id":
            clientID = value
            return true
        case "linger.ms": return Self.assign(Self.milliseconds(value), to: &batching.linger)
        case "batch.size": return Self.assign(Int(value), to: &batching.maximumBytes)
        case "batch.num.messages": return Self.assign(Int(value), to: &batching.maximumMessages)
        case "compression.codec": return Self.assign(.init(rawValue: value.lowercased()), to: &batching.compression)
        case "acks": return Self.assign(value == "-1" ? .all : .init(rawValue: value.lowercased()), to: &delivery.acks)
        case "enable.idempotence": return Self.assign(Bool(value.lowercased()), to: &delivery.idempotence)
        case "partitioner":
            return Self.assign(AsyncProducer.Partitioning(librdkafkaName: value), to: &partitioning)
        case "message.timeout.ms": return Self.assign(Self.milliseconds(value), to: &delivery.timeout)
        case "message.max.bytes": return Self.assign(Int(value), to: &delivery.maximumMessageBytes)
        // Librdkafka's 0 is no limit: the one in bytes is left.
        case "queue.buffering.max.messages":
            return Self.assign(value == "0" ? Int.max : Int(value), to: &buffering.maximumMessages)
        case "queue.buffering.max.kbytes":
            return Self.assign(Int(value).map { $0 << 10 }, to: &buffering.maximumBytes)
        case "buffer.memory": return Self.assign(Int(value), to: &buffering.maximumBytes)
        case "max.block.ms":
            buffering.admissionDeadline = Self.milliseconds(value)
            return true
        default: return false
        }
    }

    private static func assign<Value>(_ value: Value?, to property: inout Value) -> Bool {
        guard let value else { return false }
        property = value
        return true
    }

    /// A number of milliseconds with at most three decimals.
    private static func milliseconds(_ text: String) -> Duration? {
        guard let number = Double(text), 0...2_147_483_647 ~= number else { return nil }
        return .microseconds(Int64((number * 1_000).rounded()))
    }

    private var rulesOutIdempotence: Bool {
        delivery.acks != .all || librdkafka["retries"] == "0"
            || librdkafka["max.in.flight.requests.per.connection"].flatMap { Int($0) } ?? 5 > 5
    }
}
