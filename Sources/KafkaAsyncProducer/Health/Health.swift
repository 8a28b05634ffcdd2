// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer {
    /// Whether a producer is well, at one moment; see ``AsyncProducer/health``.
    public struct Health: Sendable, Hashable {
        /// Whether it accepts messages: it is neither closing nor stopped by a fatal error.
        public let isAccepting: Bool
        /// Accepted messages that have no outcome yet.
        public let inFlightCount: Int
        /// The oldest of them and where it waits; nil when there is none.
        public let oldest: OldestMessage?
        /// Whether ``oldest`` has waited for ``Configuration/Health/stalledAfter`` or longer.
        public let isStalled: Bool
        /// The brokers that a connection was tried to, in the order of their numbers, those without one first.
        ///
        /// A broker that nothing is written to may be down with nothing wrong: the client connects to those it needs.
        public let brokers: [Broker]
        /// The last thing that went wrong with a connection, and how long ago that was; over or not.
        public let lastTrouble: Trouble?
        /// New clients after fatal errors; see ``Configuration/recovery``.
        public let restarts: Int
        /// Whether the client that gets messages is still to be made: after a fatal error, or after ``AsyncProducer/abort()``.
        public let isChangingClients: Bool
        /// Whether every message is in the log once at most, as far as it depends on the producer: idempotence is on, and no
        /// message went again that may have been stored (``Statistics/resentPossiblyPersisted``).
        public let holdsIdempotence: Bool
        /// What stopped the producer for good.
        public let fatalError: KafkaError?

        /// Whether it accepts messages and gets them delivered: what a readiness probe asks.
        public var isWell: Bool { isAccepting && !isStalled && fatalError == nil }

        /// The message that has waited longest for its outcome.
        public struct OldestMessage: Sendable, Hashable {
            /// Where it goes.
            public let topic: String
            /// nil while the partitions of the topic are not known.
            public let partition: Int32?
            /// Since its acceptance. Of a batch under way the oldest message counts until all of the batch is reported.
            public let age: Duration
        }

        /// A broker and its connection.
        public struct Broker: Sendable, Hashable {
            /// nil for one of ``Configuration/bootstrapServers`` that has not told its number.
            public let id: Int32?
            /// As in `kafka-1:9092`.
            public let address: String
            /// Whether there is a connection that can be used.
            public let isUp: Bool
            /// For how long it has been so.
            public let duration: Duration
        }

        /// Something that went wrong.
        public struct Trouble: Sendable, Hashable {
            /// What it was.
            public let error: KafkaError
            /// How long ago.
            public let age: Duration
        }
    }

    /// Whether this producer is well: cheap enough for every probe of an orchestrator.
    ///
    /// Asks no broker and waits for nothing but the producer's lock.
    public var health: Health { core.health }
}

extension AsyncProducer.Health: CustomStringConvertible {
    /// One line for a log or the answer to a probe.
    public var description: String {
        var parts: [String] = []
        if let fatalError { parts.append("stopped: \(fatalError)") } else if !isAccepting { parts.append("closing") }
        if isStalled { parts.append("stalled") }
        if isChangingClients { parts.append("changing clients") }
        if parts.isEmpty { parts.append("well") }
        parts.append("\(inFlightCount) in flight")
        if let oldest {
            let place = oldest.partition.map { "\(oldest.topic)[\($0)]" } ?? oldest.topic
            parts.append("the oldest for \(oldest.age) (\(place))")
        }
        parts.append("\(brokers.count { $0.isUp }) of \(brokers.count) brokers up")
        if restarts > 0 { parts.append("\(restarts) restarts") }
        if let lastTrouble { parts.append("last trouble \(lastTrouble.age) ago: \(lastTrouble.error)") }
        return parts.joined(separator: ", ")
    }
}
