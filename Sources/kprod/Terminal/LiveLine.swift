// SPDX-License-Identifier: Apache-2.0

/// The line that is redrawn while records are delivered.
struct LiveLine: Sendable {
    /// What it shows.
    struct Snapshot: Sendable {
        var time: ContinuousClock.Instant
        var delivered = 0
        var failed = 0
        var inFlight = 0
        var bytes = 0
        var p50 = 0
        var p99 = 0
        /// What the client complained of last, while nothing is delivered.
        var trouble: String?
    }

    /// What is left of the line, such as the topic.
    let title: String
    /// How many records there will be, if known.
    let total: Int?
    /// The snapshots of the last second: rates are of now, not of the whole run.
    private var recent: [Snapshot] = []

    init(title: String, total: Int?) {
        self.title = title
        self.total = total
    }

    /// The line now, not longer than `columns`: what matters less is further right and left out first.
    mutating func text(_ now: Snapshot, columns: Int?) -> String {
        recent.append(now)
        while let first = recent.first, recent.count > 2, now.time - first.time > .seconds(1) { recent.removeFirst() }
        let seconds = recent.first.map { ($0.time.duration(to: now.time)) / .seconds(1) } ?? 0
        let rate = perSecond(recent.first.map { now.delivered - $0.delivered }, seconds)
        let byteRate = perSecond(recent.first.map { now.bytes - $0.bytes }, seconds)

        var parts = [title]
        if let total {
            let share = total == 0 ? 1 : Double(now.delivered) / Double(total)
            let percent = String(Int(share * 100))
            parts.append(String(repeating: " ", count: max(0, 3 - percent.count)) + percent + "% " + Self.bar(share))
            parts.append("\(NumberText.short(Double(now.delivered)))/\(NumberText.short(Double(total)))")
        } else {
            parts.append(NumberText.short(Double(now.delivered)))
        }
        if rate == 0, now.inFlight > 0, let trouble = now.trouble { parts.append(trouble) }
        parts += [
            "\(NumberText.short(rate))/s \(NumberText.bytes(Int(byteRate)))/s",
            "in flight \(NumberText.short(Double(now.inFlight)))",
            "p50 \(NumberText.milliseconds(now.p50)) p99 \(NumberText.milliseconds(now.p99))",
            "failed \(NumberText.short(Double(now.failed)))",
        ]
        if let total, rate > 0 {
            let left = Int(Double(max(0, total - now.delivered)) / rate)
            parts.append("\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left")
        }
        guard let columns else { return parts.joined(separator: "  ") }
        while parts.count > 1, parts.reduce(-2, { $0 + $1.count + 2 }) > columns - 1 { parts.removeLast() }
        return parts.joined(separator: "  ")
    }

    private func perSecond(_ change: Int?, _ seconds: Double) -> Double {
        guard let change, seconds > 0 else { return 0 }
        return max(0, Double(change) / seconds)
    }

    private static func bar(_ share: Double) -> String {
        let width = 10
        let eighths = Int(min(max(share, 0), 1) * Double(width * 8))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let full = String(repeating: "█", count: eighths / 8)
        let empty = width - eighths / 8 - (partial.isEmpty ? 0 : 1)
        return "▕\(full)\(partial)\(String(repeating: " ", count: empty))▏"
    }
}
