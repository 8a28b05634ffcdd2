// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What transactions want of the driver.
///
/// A client never gives way to another here: a new one would fence whoever has taken over from this producer, where it is
/// this one that must be refused.
extension Driver {
    func take(_ step: TransactionStep) {
        if step.expiresInside { expireInside() }
        if step.purges { purgeAll() }
        if let session { for errand in step.errands { core.run(errand, with: session.client) } }
    }

    /// The abort takes long: its messages have their outcome now. Stored or not, they will never be visible.
    private func expireInside() {
        guard let session else { return }
        for slot in session.slots { expire(slot, of: session, .max - 1, core.failure(.purgedInFlight, fatal: nil)) }
    }

    /// Aborts the transaction of a message that is out of time, and gives it its outcome; returns when to look again.
    func watchInsideTransaction(_ now: Int64) -> Int64 {
        guard let session, now >= watchInsideAt else { return watchInsideAt }
        watchInsideAt = .max
        for slot in session.slots {
            guard let (oldest, given) = session.update(slot, { ($0.batch.oldest, $0.work.timeout) }), oldest < .max,
                let timeout = given
            else { continue }
            var end = oldest + timeout
            if now >= end {
                core.update { [error = core.timedOut] state, effects in state.doom(error, &effects) }
                end += Self.lateness
            }
            if now >= end {
                expire(slot, of: session, now - timeout, core.timedOut)
                // Others of its batch may be younger.
                end = now + Self.lateness
            }
            watchInsideAt = min(watchInsideAt, end)
        }
        return watchInsideAt
    }
}
