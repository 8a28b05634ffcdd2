// SPDX-License-Identifier: Apache-2.0

/// What became of every record that was read: always `read == delivered + failed + undelivered + skipped`.
struct Account: Equatable, Sendable {
    var read = 0
    var delivered = 0
    /// Keys and values of what was delivered; nil when it is not known for certain.
    var deliveredBytes: Int?
    /// Refused, by the client or by a broker, or no record at all.
    var failed = 0
    /// Of these, how many did not parse.
    var unparsable = 0
    /// Dropped before there was an answer.
    var undelivered = 0
    /// Of these, how many may be in the log all the same.
    var undeliveredUnknown = 0
    /// Empty lines.
    var skipped = 0

    var isBalanced: Bool { read == delivered + failed + undelivered + skipped }

    mutating func add(_ other: Account) {
        read += other.read
        delivered += other.delivered
        deliveredBytes = deliveredBytes.flatMap { bytes in other.deliveredBytes.map { bytes + $0 } }
        failed += other.failed
        undelivered += other.undelivered
        undeliveredUnknown += other.undeliveredUnknown
        skipped += other.skipped
    }

    /// The last line of every run.
    func line(after elapsed: Duration) -> String {
        let seconds = max(elapsed / .seconds(1), 0.001)
        let size = deliveredBytes.map { " (\(NumberText.bytes($0)))" } ?? ""
        let unknown = undeliveredUnknown == 0 ? "" : " (\(NumberText.grouped(undeliveredUnknown)) may be in the log)"
        return "delivered \(NumberText.grouped(delivered))\(size) in \(NumberText.seconds(elapsed))"
            + " = \(NumberText.short(Double(delivered) / seconds))/s; failed \(NumberText.grouped(failed))"
            + "; undelivered \(NumberText.grouped(undelivered))\(unknown); skipped \(NumberText.grouped(skipped))"
    }
}
