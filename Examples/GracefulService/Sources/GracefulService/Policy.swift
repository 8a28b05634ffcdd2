// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What to do about a failure: a pure function, so that every line of it can be tested without a broker.
struct Policy: Sendable {
    var maximumAttempts = 3

    enum Verdict: Hashable {
        /// It is in the log, although the call failed.
        case delivered
        /// Nothing now: the next producer sends it, or the spool takes it with the rest.
        case keep
        /// The same message may pass later. The producer has tried until its delivery timeout: that is pause enough.
        case retry
        /// It will never pass.
        case deadLetter
        /// A good record at a bad time, or one that not even the dead-letter topic takes.
        case spool
    }

    func verdict(on failure: ProducerError, of item: Item, isEnding: Bool) -> Verdict {
        if failure.persistence == .persisted { return .delivered }
        // Of the producer, not of the message: it was stopped, or has stopped with a fatal error.
        if isEnding || failure.error.isFatal { return .keep }
        if failure.error.isRetriable { return item.attempts < maximumAttempts ? .retry : .spool }
        return item.rejection == nil ? .deadLetter : .spool
    }
}
