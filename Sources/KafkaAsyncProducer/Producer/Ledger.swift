// SPDX-License-Identifier: Apache-2.0

/// The account. `inFlight` is counted on its own, so that `accepted == succeeded + failed + inFlight` says something.
///
/// Every message belongs to the epoch in which it was accepted. A flush ends the current epoch and waits until it and
/// those before it are empty: messages accepted later, by other tasks, cannot keep it waiting, and cannot end it early.
struct Ledger {
    private(set) var accepted = 0
    private(set) var succeeded = 0
    private(set) var failed = 0
    private(set) var failedByCause: [KafkaError.Code: Int] = [:]
    private(set) var inFlight = 0

    /// Messages in flight by the low bits of their epoch.
    private var inFlightByEpoch = [Int](repeating: 0, count: 256)
    private var oldestEpoch = 0
    private var currentEpoch = 0

    /// What must come back with the outcomes of messages that are accepted now.
    private(set) var mark: UInt8 = 0

    /// Counts accepted messages, under the current mark.
    @inline(__always)
    mutating func accept(_ count: Int) {
        accepted &+= count
        inFlight &+= count
        inFlightByEpoch[Int(mark)] &+= count
    }

    mutating func succeed(_ count: Int, epoch: UInt8) {
        succeeded += count
        settle(count, epoch)
    }

    mutating func fail(_ count: Int, epoch: UInt8, cause: KafkaError.Code) {
        failed += count
        failedByCause[cause, default: 0] += count
        settle(count, epoch)
    }

    private mutating func settle(_ count: Int, _ epoch: UInt8) {
        inFlight -= count
        inFlightByEpoch[Int(epoch)] -= count
        while oldestEpoch < currentEpoch, inFlightByEpoch[oldestEpoch & 255] == 0 { oldestEpoch += 1 }
    }

    /// Ends the current epoch; it is settled once `isSettled` says so.
    mutating func endEpoch() -> Int {
        // Nothing of this epoch is in flight, so it goes on: what it still gets is no concern of the flush.
        guard inFlightByEpoch[currentEpoch & 255] > 0 else { return currentEpoch - 1 }
        let ended = currentEpoch
        // With all marks in use the epoch goes on: the flush then waits for a little more than it must.
        if currentEpoch - oldestEpoch < 255 { currentEpoch += 1 }
        mark = UInt8(truncatingIfNeeded: currentEpoch)
        return ended
    }

    /// Whether every message accepted up to the end of `epoch` has its outcome.
    func isSettled(_ epoch: Int) -> Bool {
        if inFlight == 0 || epoch < oldestEpoch { return true }
        return epoch == oldestEpoch && inFlightByEpoch[epoch & 255] == 0
    }
}
