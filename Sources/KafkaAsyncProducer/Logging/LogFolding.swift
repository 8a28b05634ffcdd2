// SPDX-License-Identifier: Apache-2.0

/// Folds repeated lines: an outage makes librdkafka say the same things many times a second. Pure.
///
/// A line that differs from an earlier one only in its numbers is a repetition, whatever came between: brokers that fail
/// take turns. The first is let through; how many followed is said when ten seconds are over, with the next line of
/// whatever kind.
struct LogFolding {
    /// For so long a repetition counts as one.
    private static let window = Duration.seconds(10)
    /// So many kinds of line are remembered.
    private static let limit = 32

    private struct Run {
        let shape: String
        let since: ContinuousClock.Instant
        var last: LogEntry
        var repeats = 0
    }

    /// The oldest first.
    private var runs: [Run] = []

    /// The lines to write now.
    mutating func fold(_ entry: LogEntry, at now: ContinuousClock.Instant) -> [LogEntry] {
        if Self.isSaidByError(entry) { return [] }
        var lines: [LogEntry] = []
        while let oldest = runs.first, now - oldest.since >= Self.window || runs.count >= Self.limit {
            lines += Self.summary(of: runs.removeFirst())
        }
        let shape = entry.facility + Self.shape(of: entry.message)
        if let index = runs.firstIndex(where: { $0.shape == shape }) {
            runs[index].repeats += 1
            runs[index].last = entry
            return lines
        }
        runs.append(Run(shape: shape, since: now, last: entry))
        return lines + [entry]
    }

    /// What is owed at the end.
    mutating func summary() -> [LogEntry] {
        defer { runs = [] }
        return runs.flatMap { Self.summary(of: $0) }
    }

    /// Whether the error of the connection, which comes next, holds the same in words: librdkafka says it twice.
    private static func isSaidByError(_ entry: LogEntry) -> Bool {
        entry.facility == "FAIL"
            || (entry.facility == "SSLCERTVRFY" && RefusedCertificate(line: entry.message) != nil)
    }

    /// The line with every number as one sign, and without what librdkafka counts itself.
    private static func shape(of message: String) -> String {
        let end = message.firstRange(of: " (after ")?.lowerBound ?? message.endIndex
        var shape = ""
        for character in message[..<end] where !(character.isNumber && shape.last == "#") {
            shape.append(character.isNumber ? "#" : character)
        }
        return shape
    }

    private static func summary(of run: Run) -> [LogEntry] {
        guard run.repeats > 0 else { return [] }
        return [
            LogEntry(
                level: run.last.level,
                facility: run.last.facility,
                message: "\(run.last.message) … repeated \(run.repeats) \(run.repeats == 1 ? "time" : "times")",
                error: run.last.error
            )
        ]
    }
}
