// SPDX-License-Identifier: Apache-2.0

/// The line that is redrawn while records are delivered.
struct LiveLine: Sendable {
    /// What is left of the line, such as the topic.
    let title: String
    /// How many records there will be, if known.
    let total: Int?
    /// Whether there is more than ASCII for the bar.
    var hasUnicode = true
    private var rates = RateMeter(span: .seconds(1))

    init(title: String, total: Int?, hasUnicode: Bool = true) {
        self.title = title
        self.total = total
        self.hasUnicode = hasUnicode
    }

    /// Rates count from here on.
    mutating func begin(at snapshot: ProgressSnapshot) { _ = rates.rate(snapshot) }

    /// The line now, not longer than `columns`: what matters less is further right and left out first.
    mutating func text(_ now: ProgressSnapshot, columns: Int?) -> String {
        let rate = rates.rate(now)
        var parts = [title]
        if let total {
            parts.append(share(now.delivered, of: total))
            parts.append("\(NumberText.short(Double(now.delivered)))/\(NumberText.short(Double(total)))")
        } else if case (let read, let total?)? = now.input {
            parts.append(share(read, of: total))
            parts.append("\(NumberText.bytes(read))/\(NumberText.bytes(total))")
            parts.append(NumberText.short(Double(now.delivered)))
        } else {
            parts.append(NumberText.short(Double(now.delivered)))
            if let input = now.input { parts.append("read \(NumberText.bytes(input.read))") }
        }
        if let outage = now.outage { parts.append(outage.text) }
        parts += [
            "\(NumberText.short(rate.records))/s \(NumberText.bytes(Int(rate.bytes)))/s",
            "in flight \(NumberText.short(Double(now.inFlight)))",
        ]
        if let latency = now.latency {
            parts.append("p50 \(NumberText.milliseconds(latency.p50)) p99 \(NumberText.milliseconds(latency.p99))")
        }
        parts.append("failed \(NumberText.short(Double(now.failed)))")
        if let left = secondsLeft(now, rate) { parts.append("\(Self.clock(left)) left") }
        guard let columns else { return parts.joined(separator: "  ") }
        // The echo of Ctrl-C has to fit, too: it would push the line out of the row that is cleared.
        let limit = columns - 1 - "^C".count
        while parts.count > 1, parts.reduce(-2, { $0 + $1.count + 2 }) > limit { parts.removeLast() }
        return parts.joined(separator: "  ")
    }

    /// Nil when the end is not known, or nothing goes on.
    private func secondsLeft(_ now: ProgressSnapshot, _ rate: RateMeter.Rates) -> Int? {
        if let total, rate.records > 0 {
            return Int(min(Double(max(0, total - now.delivered)) / rate.records, 359_999))
        }
        guard total == nil, case (let read, let all?)? = now.input, rate.input > 0 else { return nil }
        return Int(min(Double(max(0, all - read)) / rate.input, 359_999))
    }

    /// Percent and the bar.
    private func share(_ done: Int, of total: Int) -> String {
        let share = total == 0 ? 1 : min(Double(done) / Double(total), 1)
        let percent = String(Int(share * 100))
        return String(repeating: " ", count: max(0, 3 - percent.count)) + percent + "% " + bar(share)
    }

    /// `0:12`, `1:02:03`.
    private static func clock(_ seconds: Int) -> String {
        func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (minutes, hours) = (seconds / 60 % 60, seconds / 3_600)
        let end = twoDigits(seconds % 60)
        return hours == 0 ? "\(minutes):\(end)" : "\(hours):\(twoDigits(minutes)):\(end)"
    }

    private func bar(_ share: Double) -> String {
        let width = 10
        let eighths = Int(min(max(share, 0), 1) * Double(width * 8))
        guard hasUnicode else {
            return "[" + String(repeating: "#", count: eighths / 8)
                + String(repeating: ".", count: width - eighths / 8) + "]"
        }
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let full = String(repeating: "█", count: eighths / 8)
        let empty = width - eighths / 8 - (partial.isEmpty ? 0 : 1)
        return "▕\(full)\(partial)\(String(repeating: " ", count: empty))▏"
    }
}

/// How much a second, of the last moments and not of the whole run.
struct RateMeter: Sendable {
    private struct Point {
        let time: ContinuousClock.Instant
        let records, bytes, input: Int
    }

    /// Records and their bytes that were delivered, and bytes of the input.
    typealias Rates = (records: Double, bytes: Double, input: Double)

    private let span: Duration
    private var recent: [Point] = []

    init(span: Duration) { self.span = span }

    /// The rates up to `now`, which counts from here on.
    mutating func rate(_ now: ProgressSnapshot) -> Rates {
        recent.append(
            Point(time: now.time, records: now.delivered, bytes: now.bytes, input: now.input?.read ?? 0)
        )
        while let first = recent.first, recent.count > 2, now.time - first.time > span { recent.removeFirst() }
        guard let first = recent.first else { return (0, 0, 0) }
        let seconds = first.time.duration(to: now.time) / .seconds(1)
        guard seconds > 0 else { return (0, 0, 0) }
        func rate(_ now: Int, _ then: Int) -> Double { max(0, Double(now - then) / seconds) }
        return (
            rate(now.delivered, first.records), rate(now.bytes, first.bytes), rate(now.input?.read ?? 0, first.input)
        )
    }
}
