// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// How the command line, the environment and a file want the client to be.
///
/// The strongest first: options, -X, the environment, the file, what the command itself would have.
struct ClientOptions: Sendable {
    /// Keys choose partitions as Java's clients do; and a mistyped topic is found out sooner than the brokers could be
    /// given up.
    static let produceDefaults = ["partitioner": "murmur2_random", "topic.metadata.propagation.max.ms": "10000"]

    typealias Properties = AsyncProducer.Configuration.Properties

    /// What holds when nothing else is said.
    let defaults: Properties
    /// Of -X and of options that are properties.
    let given: Properties
    let file: ConfigurationFile?
    let profile: String?
    let environment: [String: String]
    /// The largest record to be read, if it was named.
    let recordLimit: Int?
    /// Whether the brokers are to be kept from creating the topic.
    let keepsTopics: Bool
    /// Whether a secret that is missing is asked for.
    var mayAsk: Bool
    /// Whether a secret on the command line is worth a warning; those of kcat's scripts are known.
    var warnsOfSecrets = true

    init(
        _ arguments: ParsedArguments,
        defaults: [String: String],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ToolError) {
        self.environment = environment
        self.defaults = Properties(defaults.merging(["client.id": "kprod"]) { own, _ in own }, source: "kprod")
        file = ConfigurationFile(
            named: try arguments.value(.configFile, OptionValue.string),
            environment: environment
        )
        profile =
            try arguments.value(.profile, OptionValue.string)
            ?? environment["KPROD_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        var given = Properties()
        for (name, value) in try arguments.values(.property, OptionValue.property) {
            given.set(name, to: value, source: "option -X")
        }
        try Self.setOptions(of: arguments, in: &given)
        self.given = given
        recordLimit = try arguments.value(.maximumRecordBytes, OptionValue.byteCount)
        keepsTopics = arguments.has(.checkTopic) && !arguments.has(.createTopic)
        mayAsk = !arguments.has(.noInput)
        if profile != nil, file == nil {
            throw .usage("option --profile needs a file with profiles; name it with -F/--config")
        }
    }

    private static func setOptions(of arguments: ParsedArguments, in given: inout Properties) throws(ToolError) {
        func set(_ name: String, _ value: String?, _ option: String) {
            if let value { given.set(name, to: value, source: "option \(option)") }
        }
        let servers = try arguments.value(.brokers, OptionValue.servers)?.joined(separator: ",")
        set("bootstrap.servers", servers, "-b/--brokers")
        let codec: AsyncProducer.Configuration.Batching.Compression? =
            try arguments.value(.compression, OptionValue.word)
        set("compression.codec", codec?.rawValue, "-z/--compression")
        set("acks", try arguments.value(.acks, OptionValue.acks), "--acks")
        for (option, name, property) in [
            (Option.Name.linger, "--linger", "linger.ms"),
            (.deliveryTimeout, "--delivery-timeout", "message.timeout.ms"),
        ] {
            let duration = try arguments.value(option, OptionValue.duration)
            set(property, duration.map { String(Int($0 / .milliseconds(1))) }, name)
        }
        set("debug", try arguments.value(.debug, OptionValue.string), "-d")
    }
}
