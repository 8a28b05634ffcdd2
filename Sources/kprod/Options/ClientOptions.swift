// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// How the command line wants the client to be: where the cluster is, and every property.
struct ClientOptions: Sendable {
    /// `-b`, or nil for what the properties say.
    private let servers: [String]?
    private let file: String?
    /// What holds when nothing else is said.
    private let defaults: [String: String]
    private let given: [String: String]
    /// The largest record to be read, if it was named.
    private let recordLimit: Int?
    /// Whether the brokers are to be kept from creating the topic.
    private let keepsTopics: Bool

    /// Options beat properties of the command line, which beat those of `file`, which beat `defaults`.
    init(_ arguments: ParsedArguments, defaults: [String: String], file: String?) throws(ToolError) {
        servers = try arguments.value(.brokers, OptionValue.servers)
        self.defaults = defaults
        let named = try arguments.value(.configFile, OptionValue.string)
        // As kcat: these words keep it from reading any.
        self.file = ["-", "none"].contains(named) ? nil : named ?? file
        var given: [String: String] = [:]
        for (key, value) in try arguments.values(.property, OptionValue.property) { given[Self.name(key)] = value }
        if let codec: AsyncProducer.Configuration.Batching.Compression = try arguments.value(
            .compression,
            OptionValue.word
        ) {
            given["compression.codec"] = codec.rawValue
        }
        given["acks"] = try arguments.value(.acks, OptionValue.acks) ?? given["acks"]
        for (option, property) in [(Option.Name.linger, "linger.ms"), (.deliveryTimeout, "message.timeout.ms")] {
            guard let duration = try arguments.value(option, OptionValue.duration) else { continue }
            given[property] = String(Int(duration / .milliseconds(1)))
        }
        given["debug"] = try arguments.value(.debug, OptionValue.string) ?? given["debug"]
        self.given = given
        recordLimit = try arguments.value(.maximumRecordBytes, OptionValue.byteCount)
        keepsTopics = arguments.has(.checkTopic) && !arguments.has(.createTopic)
    }

    /// What the client is made with, and how long a record may be.
    struct Resolved {
        var configuration: AsyncProducer.Configuration
        let recordLimit: Int

        /// The servers, as they are called in messages.
        var servers: String {
            printable(
                configuration.librdkafka["bootstrap.servers"] ?? configuration.librdkafka["metadata.broker.list"]
                    ?? configuration.bootstrapServers.joined(separator: ",")
            )
        }
    }

    /// Servers must be named, unless all that is wanted is a look at the properties.
    func resolve(needsServers: Bool = true) async throws(ToolError) -> Resolved {
        var properties = defaults
        if let file {
            for (key, value) in try await PropertyFile.read(file) { properties[Self.name(key)] = value }
        }
        properties.merge(given) { $1 }
        if servers != nil {
            properties["bootstrap.servers"] = nil
            properties["metadata.broker.list"] = nil
        } else if needsServers, properties["bootstrap.servers"] == nil, properties["metadata.broker.list"] == nil {
            throw .usage("option -b/--brokers is missing; name a broker such as localhost:9092")
        }
        let clientLimit = properties["message.max.bytes"].flatMap { Int($0) } ?? 1_000_000
        if let recordLimit, recordLimit > clientLimit { properties["message.max.bytes"] = String(recordLimit) }
        if properties["enable.idempotence"] == nil, Self.rulesOutIdempotence(properties) {
            properties["enable.idempotence"] = "false"
        }
        if keepsTopics { properties["allow.auto.create.topics"] = "false" }
        var configuration = AsyncProducer.Configuration(bootstrapServers: servers ?? [])
        configuration.clientID = "kprod"
        // The library bounds what is buffered itself, under other names.
        if let count = properties["queue.buffering.max.messages"].flatMap({ Int($0) }), count > 0 {
            configuration.buffering.maximumMessages = count
            properties["queue.buffering.max.messages"] = nil
        }
        if let size = properties["queue.buffering.max.kbytes"].flatMap({ Int($0) }), 1..<(1 << 31) ~= size {
            configuration.buffering.maximumBytes = size << 10
            properties["queue.buffering.max.kbytes"] = nil
        }
        configuration.librdkafka = properties
        return Resolved(configuration: configuration, recordLimit: recordLimit ?? clientLimit)
    }

    /// The library's default is idempotence; whoever asks for a weaker promise need not turn it off as well.
    private static func rulesOutIdempotence(_ properties: [String: String]) -> Bool {
        let acks = properties["acks"] ?? properties["request.required.acks"] ?? "all"
        let retries = properties["retries"] ?? properties["message.send.max.retries"]
        let requests = properties["max.in.flight"] ?? properties["max.in.flight.requests.per.connection"] ?? "5"
        return !["all", "-1"].contains(acks) || retries == "0" || Int(requests) ?? 5 > 5
    }

    /// kcat writes properties of topics as `topic.NAME`; for producers librdkafka takes them without.
    private static func name(_ key: String) -> String {
        let isOwn = key.hasPrefix("topic.metadata.") || key == "topic.blacklist"
        return key.hasPrefix("topic.") && !isOwn ? String(key.dropFirst("topic.".count)) : key
    }
}
