// SPDX-License-Identifier: Apache-2.0

/// Makes identifiers that never repeat and sort by time: 41 bits of milliseconds, 10 of the worker, 12 of a sequence.
///
/// Pure: the time is given, and may jump. When the clock is set back, identifiers go on from the last one; when 4,096 of a
/// millisecond are used up, they go on in the next. So they never wait for the clock either.
struct IdentifierSource {
    /// 2025-01-01 00:00 UTC in milliseconds since 1970; the bits last until 2094.
    static let epoch: Int64 = 1_735_689_600_000
    static let workerCount = 1 << 10
    private static let sequenceCount: UInt64 = 1 << 12
    private static let timeCount: UInt64 = 1 << 41

    private let worker: UInt64
    /// What comes next must not be before this millisecond.
    private(set) var time: UInt64
    private var sequence: UInt64 = 0

    /// - Parameters:
    ///   - worker: A number that no other source uses at the same time, below ``workerCount``.
    ///   - start: No identifier is of a millisecond before this one: what an earlier source of this worker had reserved.
    init(worker: Int, start: UInt64) {
        self.worker = UInt64(clamping: worker) % UInt64(Self.workerCount)
        time = start
    }

    /// - Parameter now: Milliseconds since 1970.
    /// - Returns: nil from 2094 on, or with a clock that says so.
    mutating func next(now: Int64) -> UInt64? {
        let elapsed = now.subtractingReportingOverflow(Self.epoch)
        let present = elapsed.overflow ? 0 : UInt64(clamping: elapsed.partialValue)
        if present > time {
            time = present
            sequence = 0
        } else if sequence == Self.sequenceCount {
            time += 1
            sequence = 0
        }
        guard time < Self.timeCount else { return nil }
        defer { sequence += 1 }
        return time << 22 | worker << 12 | sequence
    }

    /// 16 digits, so that text sorts as the numbers do.
    static func text(_ identifier: UInt64) -> String {
        let digits = String(identifier, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
