// SPDX-License-Identifier: Apache-2.0

/// One thing that is measured, the same for every implementation.
public struct Scenario: Sendable {
    /// How messages go in.
    public enum Sending: Sendable, Equatable {
        /// `send`, one message at a time.
        case each
        /// `send(contentsOf:)`, 100 at a time.
        case contents
        /// `send(to:value:)` with bytes that are only lent.
        case borrowed
        /// `deliver` in this many tasks.
        case deliver(parallel: Int)
        /// `send` at a fixed rate, whatever the producer does, each timed from when it was due. Its number is in its
        /// value, so that an outcome tells which it was.
        case paced(perSecond: Int)
        /// `send` in transactions of this many messages.
        case transactions(of: Int)
        /// `send` through a delivery scope.
        case scope
        /// `submit` of this many messages, then the outcome of each.
        case submitted(at: Int)
        /// `deliver(contentsOf:)` of this many messages.
        case deliveredContents(of: Int)
        /// Keys are placed, and nothing is sent.
        case placed
        /// A file of lines, by the command.
        case lines
        /// Nothing is sent.
        case idle
    }

    /// How outcomes come out.
    public enum Reading: Sendable {
        /// `for await` per element.
        case elements
        /// `for await` per batch.
        case batches
        /// `for await` per element, the last one kept.
        case last
        /// Only errors are read.
        case errors
    }

    /// What a message has besides its value.
    public enum Attachment: Sendable {
        case nothing, key, headers, timestamp, metadata
    }

    /// Short, for the command line and the table.
    public var name: String
    /// What Swift does, and C against it.
    public var summary: String
    /// How messages go in.
    public var sending = Sending.each
    /// How outcomes come out.
    public var reading = Reading.elements
    /// What a message has besides its value.
    public var attachment = Attachment.nothing
    /// Bytes of a value.
    public var valueSize = 100
    /// Tasks, or threads, that send at once.
    public var senders = 1
    /// Topics that take turns.
    public var topics = 1
    /// Partitions of each.
    public var partitions = 4
    /// Messages name their partitions, one after the other; otherwise the partitioner chooses. Paced ones only.
    public var takesTurns = false
    /// The sender has a thread of its own, whose CPU time is taken.
    public var hasSenderThread = false
    /// The time that a message has; librdkafka's `message.timeout.ms`.
    public var timeoutSeconds = 300
    /// Without it, duplicates are possible.
    public var isIdempotent = true
    /// Where it is run, unless it is asked for by name.
    public var places: Set<Place> = [.mock, .real]
    /// `Batching.latency`.
    public var hasLatencyProfile = false
    /// C with librdkafka's own bound of 1 GiB instead of the library's 32 MiB.
    public var hasLibrdkafkaBound = false
    /// What Swift is compared with.
    public var baselines: [Implementation] = [.c]
    /// The name of the scenario that the library itself runs as ``Implementation/reference``: of the same shape.
    public var reference: String?
    /// A closure places the messages.
    public var hasCustomPartitioner = false
    /// Messages of one measured run.
    public var messages = 2_000_000

    init(_ name: String, _ summary: String, _ change: (inout Scenario) -> Void = { _ in }) {
        self.name = name
        self.summary = summary
        change(&self)
    }

    /// Topics are called by this, a dash, and a number from 0. Scenarios of the same shape share them.
    public var topicPrefix: String { "benchmark-\(topics)x\(partitions)" }

    /// The names of all topics.
    public var topicNames: [String] { (0..<topics).map { "\(topicPrefix)-\($0)" } }

    /// Timed per message.
    public var isPaced: Bool { pace != nil }

    /// Whether a client in another language can do the same.
    public func isPossible(for peer: Implementation) -> Bool {
        // Its program for transactions is this package's.
        if case .transactions = sending { return peer == .java }
        // rust-rdkafka's program knows no rate.
        return hasPeers && (peer != .rust || !isPaced)
    }

    private var hasPeers: Bool {
        guard reference == nil else { return false }
        guard case .nothing = attachment, case .elements = reading, topics == 1, senders == 1 else { return false }
        return !takesTurns && !hasLatencyProfile && !hasLibrdkafkaBound && (sending == .each || isPaced)
    }

    /// Which of ours runs it.
    public var ours: Implementation { sending == .lines ? .kprod : .swift }

    /// Messages per second, where that is given.
    public var pace: Int? {
        guard case .paced(let perSecond) = sending else { return nil }
        return perSecond
    }

    /// C's configuration, by librdkafka's names. The library has all of it by default, but for the bounds, which it
    /// keeps itself.
    public func librdkafkaProperties(brokers: String) -> [(name: String, value: String)] {
        [
            ("bootstrap.servers", brokers),
            ("enable.idempotence", String(isIdempotent)),
            ("acks", "all"),
            ("partitioner", "murmur2_random"),
            ("linger.ms", hasLatencyProfile ? "0.5" : "5"),
            ("message.timeout.ms", String(timeoutSeconds * 1_000)),
            ("socket.nagle.disable", "true"),
            ("socket.keepalive.enable", "true"),
            ("queue.buffering.max.messages", "100000"),
            ("queue.buffering.max.kbytes", hasLibrdkafkaBound ? "1048576" : "32768"),
        ]
    }
}
