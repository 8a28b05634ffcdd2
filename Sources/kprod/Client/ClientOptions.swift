// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// How the command line, the environment and a file want the client to be.
///
/// The strongest first: options, -X, the environment, the file, what the command itself would have.
struct ClientOptions: Sendable {
    /// A mistyped topic is found out sooner than the brokers could be given up; and twice as many records on their way
    /// would be no quicker, and 10 MB more.
    static let produceDefaults = [
        "topic.metadata.propagation.max.ms": "10000", "queue.buffering.max.messages": "50000",
    ]

    typealias Properties = AsyncProducer.Configuration.Properties

    /// Whether writing to a topic that does not exist may create it.
    enum TopicCreation: Sendable {
        /// As the client has it, which is yes.
        case asConfigured
        /// No, unless a property says so.
        case unlessConfigured
        case never
    }

    /// What holds when nothing else is said.
    let defaults: Properties
    /// Of -X and of options that are properties.
    let given: Properties
    let file: ConfigurationFile?
    let profile: String?
    let environment: [String: String]
    /// The largest record to be read, if it was named.
    let recordLimit: Int?
    /// Who says whether the brokers may create the topic.
    let creation: TopicCreation
    /// Whether a secret that is missing is asked for.
    var mayAsk: Bool
    /// Whether a secret on the command line is worth a warning; those of kcat's scripts are known.
    var warnsOfSecrets = true

    init(
        defaults: Properties,
        given: Properties,
        file: ConfigurationFile?,
        profile: String?,
        environment: [String: String],
        recordLimit: Int? = nil,
        creation: TopicCreation = .asConfigured,
        mayAsk: Bool = true
    ) {
        self.defaults = defaults
        self.given = given
        self.file = file
        self.profile = profile
        self.environment = environment
        self.recordLimit = recordLimit
        self.creation = creation
        self.mayAsk = mayAsk
    }

    /// The beginning of a command line that sends what is in a file to the same cluster, in the same way; without secrets.
    var replayCommand: String {
        var words = ["kprod", "replay"]
        if let file, file.origin.hasPrefix("-F") { words += ["-F", file.path] }
        if let profile, environment["KPROD_PROFILE"] != profile { words += ["--profile", profile] }
        for name in given.names {
            guard let value = given[name] else { continue }
            if SecretReference.isConfidential(name), !SecretReference.saysWhereAgain(value) { continue }
            words += name == "bootstrap.servers" ? ["-b", value] : ["-X", "\(name)=\(value)"]
        }
        return words.map { ShellWord.quoted($0) }.joined(separator: " ")
    }
}
