// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The file that SIGHUP reads again: properties of Kafka's clients, and the agent's own, which begin with `agent.`.
struct Settings: Sendable {
    var topic = "host-metrics"
    /// Between two samples.
    var sampling = Duration.seconds(5)
    /// Between two posts.
    var sending = Duration.seconds(60)
    var limits = PostQueue.Limits()
    var producer = AsyncProducer.Configuration(bootstrapServers: [])

    /// - Parameters:
    ///   - path: Nil is the defaults.
    ///   - brokers: They win over the file's.
    /// - Throws: A ``KafkaError`` or a ``UsageError`` that names what is wrong, and where.
    init(file path: String?, brokers: [String]?) async throws {
        var properties = AsyncProducer.Configuration.Properties()
        if let path { properties = try await .init(file: path) }
        try self.init(properties, brokers: brokers)
    }

    init(_ given: AsyncProducer.Configuration.Properties, brokers: [String]?) throws {
        var properties = given
        func take<Value>(_ name: String, _ parse: (String) -> Value?) throws -> Value? {
            guard let text = properties["agent.\(name)"] else { return nil }
            properties["agent.\(name)"] = nil
            guard let value = parse(text) else { throw UsageError("agent.\(name) cannot be \"\(text)\"") }
            return value
        }
        topic = try take("topic") { $0 } ?? topic
        sampling = try take("sample.seconds", Self.seconds) ?? sampling
        sending = try take("send.seconds", Self.seconds) ?? sending
        limits.attempts = try take("attempts", Self.count) ?? limits.attempts
        limits.samplesPerPost = try take("post.samples", Self.count) ?? limits.samplesPerPost
        let backlog = try take("backlog.hours", Self.hours) ?? .seconds(6 * 3600)
        limits.samples = max(1, Int(min(backlog / sampling, 1_000_000)))
        // What is left is Kafka's; an `agent.` that does not exist is refused there, with its line.
        producer = try AsyncProducer.Configuration(properties)
        if let brokers { producer.bootstrapServers = brokers }
        // Longer than brokers need for an election, shorter than the default: what fails comes back to a backlog that
        // knows what to keep.
        if properties["delivery.timeout.ms"] == nil { producer.delivery.timeout = .seconds(30) }
        producer.returns.successes = .never
    }

    private static func seconds(_ text: String) -> Duration? {
        guard let number = Double(text), (0.01...86_400).contains(number) else { return nil }
        return .seconds(number)
    }

    private static func hours(_ text: String) -> Duration? {
        guard let number = Double(text), (0...1_000).contains(number) else { return nil }
        return .seconds(number * 3600)
    }

    private static func count(_ text: String) -> Int? { Int(text).flatMap { (1...1_000_000).contains($0) ? $0 : nil } }
}

/// A command line, or a setting, that makes no sense.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
