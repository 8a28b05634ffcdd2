// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// After a fatal error librdkafka's client takes nothing any more: where the user wants it, another takes over, by the means
/// by which a client gives way.
extension Driver {
    /// How long brokers have to answer what they have under way with a client that is finished.
    private static var settlingTime: Int64 { 300_000_000 }

    /// Looks whether a client is finished; what it has of ours then goes again, or fails with the cause.
    ///
    /// Only decides: batches may be on their way to it at this moment, and are refused by it.
    func noteFatalError(of session: Session) {
        guard session.fatalError == nil, let cause = session.client.fatalError else { return }
        let error = KafkaError(cause.code, "fatal: \(printable(cause.reason, limit: 1_000))", isFatal: true)
        session.fatalError = error
        // One that gives way already has its successor.
        guard session === self.session else { return }
        // Nor is there another client for a transaction, whose messages are all or none.
        let isFinal = error.code.isFenced || core.settings.transactionalID != nil
        let start = isFinal ? nil : restarts.takeOne(at: Uptime.now)
        guard let start else { return core.stop(with: error, after: restarts) }
        session.returnsUnsent = true
        succession.wait(until: start)
        // What comes after the end of the last message is counted no more.
        core.withState { if $0.phase != .closed { $0.restarts += 1 } }
        let period = Duration.nanoseconds(restarts.period)
        let text = "\(error.message); a new client takes over (\(restarts.count) of \(restarts.limit) within \(period))"
        core.log.log(.warning, "RESTART", text, error: error)
    }

    /// A client that is finished gets nothing any more.
    func restartIfNeeded(_ now: Int64) {
        guard let session, session.fatalError != nil, session.returnsUnsent else { return }
        letGo(of: session, now, settlesUntil: now + Self.settlingTime)
        self.session = nil
        succession.prepare(at: now)
    }
}

extension Session {
    /// Whether messages go to the next client that were reported so.
    ///
    /// - Parameters:
    ///   - isCertain: They are in no log.
    ///   - mayDuplicate: They go again even where they may be.
    func returns(_ code: ResponseCode, isCertain: Bool, mayDuplicate: Bool) -> Bool {
        guard returnsUnsent else { return false }
        if code.rawValue == KafkaError.Code.purgedFromQueue.rawValue {
            return isCertain || mayDuplicate && fatalError != nil
        }
        // A broker's refusal of the message itself is its outcome.
        guard let fatalError else { return false }
        let isOfTheEnd =
            code == .fatal || code == .destroyed || code == .purgedInFlight || code.rawValue == fatalError.code.rawValue
        return isOfTheEnd && (isCertain || mayDuplicate)
    }
}

extension KafkaError.Code {
    /// Somebody else has taken over: to come back would fence him in turn.
    var isFenced: Bool {
        [.fenced, .invalidProducerEpoch, .producerFenced].contains(self)
    }
}

extension ProducerCore {
    /// The producer has come to its end: senders are refused with the cause, which is said once.
    func stop(with cause: KafkaError, after restarts: RestartLimit? = nil) {
        let count = restarts?.count ?? 0
        let tries = count > 0 ? "; \(count) restarts did not help" : ""
        let text = "\(cause.message)\(fencingText(cause.code))\(tries); close this producer and make a new one"
        let error = KafkaError(cause.code, text, isFatal: true)
        let isNew = update { state, effects -> Bool in
            guard state.fatalError == nil else { return false }
            state.fatalError = error
            state.refuseWaiting(error, &effects)
            state.doom(error, &effects)
            return true
        }
        if isNew { log.log(.error, "FATAL", error.message, error: error) }
    }
}
