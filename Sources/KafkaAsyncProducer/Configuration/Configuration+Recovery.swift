// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// What happens after a fatal error of librdkafka's: such as a broker that lost what it knew of this producer's sequence.
    public enum Recovery: Sendable, Hashable {
        /// The producer has come to its end: what is buffered fails, and sends throw ``AsyncProducer/fatalError``.
        case none
        /// A new client of librdkafka takes over, and the producer goes on: see <doc:Recovery>.
        ///
        /// What waits, and what was certainly not stored, goes to the new client, in order and before anything newer of its
        /// partition. What may have been stored fails with ``ProducerError/Persistence/possiblyPersisted``, unless
        /// `mayDuplicate`. Senders wait meanwhile as the budget says, and ``AsyncProducer/Configuration/Delivery/timeout`` runs on.
        ///
        /// A client that somebody else has fenced is never restarted.
        ///
        /// - Parameters:
        ///   - limit: How often within the period, 1 to 10,000; three times by default. The next fatal error is the end, as without
        ///     recovery. The second within a period waits for 250 ms, and each further one twice as long, 10 s at most.
        ///   - within: The period, above zero; a minute by default.
        ///   - mayDuplicate: Whether what may have been stored goes again as well: it may then be in the log twice; not so by
        ///     default. Such messages are counted in ``Statistics/resentPossiblyPersisted``.
        case restart(limit: Int = 3, within: Duration = .seconds(60), mayDuplicate: Bool = false)

        /// Whether what may have been stored goes again.
        var mayDuplicate: Bool { if case .restart(_, _, true) = self { true } else { false } }
    }
}

extension AsyncProducer.Configuration.Recovery {
    /// What is wrong with it, if anything.
    var complaint: String? {
        guard case .restart(let limit, let period, _) = self else { return nil }
        if !(1...10_000).contains(limit) {
            return "recovery has the limit \(limit): it must be 1 to 10,000; .none never restarts"
        }
        if period <= .zero { return "recovery has the period \(period): it must be above zero" }
        if period > .milliseconds(Int32.max) { return "recovery has the period \(period): it can be 24 days at most" }
        return nil
    }
}
