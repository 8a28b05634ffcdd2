// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What librdkafka's reports say, and what they do not.
extension Driver {
    /// Whether no request can have written messages that librdkafka calls not persisted: it says so of the last answer, and a
    /// broker can have written those of a request before.
    func isInNoLog(
        _ report: DeliveryReport,
        _ entry: Session.Inside,
        _ session: Session,
        _ now: Int64
    ) -> Bool {
        let requests = session.requests(since: entry)
        if requests == 0 { return true }
        // Not what a broker has answered, or what it also answers after it has written.
        if report.mayFollowAppend { return false }
        // The leader is who it was, there was one request, or no time for a second.
        return report.brokerID >= 0 && report.brokerID == entry.work.leader || requests == 1
            || now - entry.handedOver < core.settings.soonestRetry
    }

    func reason(
        _ report: DeliveryReport,
        _ oldest: Int64?,
        _ timeout: Int64?,
        _ session: Session,
        _ now: Int64
    ) -> KafkaError {
        if report.isInferred { return ProducerCore.unconfirmed }
        if report.isPurge, session.returnsUnsent { return lost(since: oldest, timeout, now, session) }
        if let fatal = session.fatalError, session.returnsUnsent, report.code.rawValue == fatal.code.rawValue {
            // The producer goes on: to send it again is the reader's choice.
            return KafkaError(fatal.code, "its client met its end: \(fatal.message)", isRetriable: true)
        }
        // A request that waited for its retry when its client was purged is reported as if the client went away; and so is one
        // for a topic that a broker has forbidden meanwhile.
        guard report.code == .destroyed else {
            return core.failure(report.code, fatal: cause(of: session))
        }
        if !session.isPurged { return ProducerCore.unconfirmed }
        return core.failure(.purgedInFlight, fatal: cause(of: session))
    }

    /// What has swept away what a client had, if it was a fatal error.
    func cause(of session: Session) -> KafkaError? {
        core.withState { $0.fatalError } ?? session.fatalError
    }

    /// What became of messages whose client gave way to another: their time was over, or that of others was, or the client
    /// was finished.
    func lost(since accepted: Int64?, _ timeout: Int64?, _ now: Int64, _ session: Session) -> KafkaError {
        if let accepted, let timeout, accepted + timeout <= now { return core.timedOut }
        return session.fatalError.map { core.failure(.purgedInFlight, fatal: $0) } ?? ProducerCore.unconfirmed
    }
}

extension DeliveryReport {
    /// Whether the messages may have been written although librdkafka says that they were not: a broker can answer so after
    /// it has, and what librdkafka itself gives up may have had such an answer before.
    var mayFollowAppend: Bool {
        code.rawValue < 0 || code.rawValue == KafkaError.Code.notLeaderOrFollower.rawValue
            || code.rawValue == KafkaError.Code.kafkaStorageError.rawValue
    }

    /// Whether a purge has taken the messages.
    var isPurge: Bool {
        code == .destroyed || code.rawValue == KafkaError.Code.purgedFromQueue.rawValue
            || code.rawValue == KafkaError.Code.purgedInFlight.rawValue
    }
}
