// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import RDKafka

extension AsyncProducer.Configuration.Properties {
    /// The properties in the text of a file of librdkafka's or Java's kind.
    ///
    /// `=`, `:` or a blank stands between name and value, `#` and `!` begin a comment, a backslash at the end of a line
    /// goes on with the next, and `\n`, `\t`, `\\`, `\:`, `\=`, `\uXXXX` stand for themselves, as in
    /// `java.util.Properties`. Blanks at the end of a value do not count. `[profile NAME]` begins a section that counts
    /// only when it is asked for; what stands before the first section always counts.
    ///
    /// - Parameters:
    ///   - text: The whole text.
    ///   - source: How to call it in errors, such as the name of the file.
    ///   - profile: The section to use, on top of what stands before all sections.
    /// - Throws: ``KafkaError/Code/invalidConfiguration`` with the line's number, and without its text.
    public init(parsing text: String, source: String, profile: String? = nil) throws(KafkaError) {
        self.init()
        var section: String?
        var sections: [String] = []
        for item in try PropertyFileParser(source: source).items(of: text) {
            switch item.content {
            case .section(let name):
                section = name
                sections.append(name)
            case .property(let name, let value):
                guard section == nil || section == profile else { continue }
                set(name, to: value, source: "\(source):\(item.line)")
            }
        }
        if let profile, !sections.contains(profile) {
            let list = sections.isEmpty ? "it has no sections" : "it has \(sections.joined(separator: ", "))"
            let message = "\(source): there is no section [profile \(printable(profile, limit: 60))]: \(list)"
            throw KafkaError(.invalidConfiguration, printable(message, limit: 1_000))
        }
    }

    /// The names of the sections in the text of a file, in order.
    ///
    /// - Throws: As ``init(parsing:source:profile:)``.
    public static func profiles(in text: String, source: String) throws(KafkaError) -> [String] {
        try PropertyFileParser(source: source).items(of: text).compactMap { item in
            if case .section(let name) = item.content { name } else { nil }
        }
    }

    /// Reads a file, on a thread of the library's own. It may be a pipe, which must not be silent for ten seconds.
    ///
    /// - Throws: ``KafkaError/Code/invalidConfiguration`` with the path, when the file cannot be read, has more than
    ///   1 MiB, is not UTF-8, or as in ``init(parsing:source:profile:)``.
    public init(file path: String, profile: String? = nil) async throws(KafkaError) {
        let name = printable(path, limit: 200)
        guard !path.contains("\0") else { throw KafkaError(.invalidConfiguration, "\(name): the path holds a NUL") }
        let result = await withCheckedContinuation { continuation in
            let read: @Sendable () -> Void = {
                let result: Result<[UInt8], FileContents.Failure>
                do throws(FileContents.Failure) {
                    result = .success(try FileContents.read(path, limit: 1 << 20, patience: 10_000))
                } catch {
                    result = .failure(error)
                }
                continuation.resume(returning: result)
            }
            if !Thread.spawn(named: "kafka-config", read) { DispatchQueue.global().async(execute: read) }
        }
        let bytes: [UInt8]
        switch result {
        case .success(let contents): bytes = contents
        case .failure(let failure):
            let reason =
                switch failure {
                case .system(let reason): reason
                case .tooLarge: "it has more than 1 MiB"
                case .silent: "nothing came out of the pipe for 10 s"
                }
            throw KafkaError(.invalidConfiguration, "\(name): the file cannot be read: \(reason)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw KafkaError(
                .invalidConfiguration,
                "\(name): the file is not UTF-8: write \\uXXXX for other characters"
            )
        }
        try self.init(parsing: text, source: name, profile: profile)
    }

    /// The properties among the variables of the environment: `KAFKA_BOOTSTRAP_SERVERS` is `bootstrap.servers`.
    ///
    /// Variables that name no property are left alone, since Kubernetes and Kafka's own scripts set some that begin
    /// with `KAFKA_` too; an empty variable counts as not set.
    ///
    /// - Parameters:
    ///   - environment: The variables; nil takes the process's, which no other thread may change meanwhile.
    ///   - prefix: What the variables begin with.
    public init(environment: [String: String]?, prefix: String = "KAFKA_") {
        self.init()
        let variables = environment ?? ProcessEnvironment.variables
        for (variable, value) in variables.sorted(by: { $0.key < $1.key }) {
            guard variable.hasPrefix(prefix), !value.isEmpty else { continue }
            let words = variable.dropFirst(prefix.count).lowercased().split(separator: "_")
            let name = words.joined(separator: ".")
            if PropertyName.isKnown(name) {
                set(name, to: value, source: variable)
            }
        }
    }
}
