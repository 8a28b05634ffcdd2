// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

extension ClientOptions {
    init(
        _ arguments: ParsedArguments,
        defaults: [String: String],
        isKcats: Bool = false,
        creation: TopicCreation = .asConfigured,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ToolError) {
        let file = ConfigurationFile(
            named: try arguments.value(.configFile, OptionValue.string),
            namesKcats: isKcats,
            environment: environment
        )
        let profile =
            try arguments.value(.profile, OptionValue.string)
            ?? environment["KPROD_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        var given = Properties()
        for (name, value) in try arguments.values(.property, OptionValue.property) {
            given.set(name, to: value, source: "option -X")
        }
        try Self.setOptions(of: arguments, in: &given)
        if profile != nil, file == nil {
            throw .usage("option --profile needs a file with profiles; name it with -F/--config")
        }
        self.init(
            defaults: Properties(defaults.merging(["client.id": "kprod"]) { own, _ in own }, source: "kprod"),
            given: given,
            file: file,
            profile: profile,
            environment: environment,
            recordLimit: try arguments.value(.maximumRecordBytes, OptionValue.recordSize),
            creation: creation,
            mayAsk: !arguments.has(.noInput)
        )
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
        set(
            "transactional.id",
            try arguments.value(.transactionalID, OptionValue.transactionalID),
            "--transactional-id"
        )
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
