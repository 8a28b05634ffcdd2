// SPDX-License-Identifier: Apache-2.0

/// The identifiers of one worker: a source, and a slot in which their time is reserved ten seconds ahead.
struct IdentifierSupply {
    private static let reservation: UInt64 = 10_000

    private let slot: WorkerSlot
    private var source: IdentifierSource
    private var reserved: UInt64

    init(_ slot: WorkerSlot) {
        self.slot = slot
        source = IdentifierSource(worker: slot.worker, start: slot.start)
        reserved = slot.start
    }

    /// - Throws: When the reservation cannot be written: an identifier that may come again is worse than none.
    mutating func next(now: Int64 = wallClockMilliseconds()) throws(ServerError) -> UInt64 {
        guard let identifier = source.next(now: now) else { throw .invalid("the clock is past the year 2094") }
        if source.time >= reserved {
            let end = source.time + Self.reservation
            try slot.store(end)
            reserved = end
        }
        return identifier
    }

    /// Gives back what was reserved and not used.
    func finish() {
        // A failure leaves the longer reservation, which is as right.
        if source.time < reserved { try? slot.store(source.time + 1) }
    }
}
