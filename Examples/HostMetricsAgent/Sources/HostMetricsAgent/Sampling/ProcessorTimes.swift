// SPDX-License-Identifier: Apache-2.0

/// The processors' time since the host was started, in units of the system.
struct ProcessorTimes: Equatable, Sendable {
    let busy: UInt64
    let total: UInt64

    init(busy: UInt64, total: UInt64) { (self.busy, self.total) = (busy, total) }

    /// The first line of Linux' `/proc/stat`: `cpu  user nice system idle iowait irq softirq steal …`.
    init?(stat text: String) {
        guard let line = text.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
        // What follows the eighth is counted in the first two already.
        let times = line.split(separator: " ").dropFirst().prefix(8).compactMap { UInt64($0) }
        guard times.count >= 4 else { return nil }
        var total: UInt64 = 0
        for time in times { total &+= time }
        // Idle, and idle while a disk works.
        let idle = times[3] &+ (times.count > 4 ? times[4] : 0)
        self.init(busy: total &- idle, total: total)
    }

    /// The used part of the time between two readings; nil when there was none, or when they went back, as they may when a
    /// virtual machine moves.
    func use(since earlier: ProcessorTimes) -> Double? {
        guard total > earlier.total, busy >= earlier.busy else { return nil }
        return min(1, Double(busy - earlier.busy) / Double(total - earlier.total))
    }
}
