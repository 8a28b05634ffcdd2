// SPDX-License-Identifier: Apache-2.0

/// Folds repeated lines: an outage makes librdkafka say the same thing many times a second. Pure.
///
/// A line that differs from the one before only in its numbers is a repetition. The first is let through; how many
/// followed is said when another line comes, or with the first one after ten seconds.
struct LogFolding {
    private var last: LogEntry?
    private var lastShape = ""
    private var since: ContinuousClock.Instant?
    private var repeats = 0

    /// The lines to write now.
    mutating func fold(_ entry: LogEntry, at now: ContinuousClock.Instant) -> [LogEntry] {
        let shape = entry.facility + Self.shape(of: entry.message)
        if shape == lastShape, let since, now - since < .seconds(10) {
            repeats += 1
            last = entry
            return []
        }
        var lines = summary()
        lines.append(entry)
        (last, lastShape, since, repeats) = (entry, shape, now, 0)
        return lines
    }

    /// The line with every number as one sign.
    private static func shape(of message: String) -> String {
        var shape = ""
        for character in message where !(character.isNumber && shape.last == "#") {
            shape.append(character.isNumber ? "#" : character)
        }
        return shape
    }

    /// What is owed at the end.
    mutating func summary() -> [LogEntry] {
        guard let last, repeats > 0 else { return [] }
        let times = repeats
        repeats = 0
        return [
            LogEntry(
                level: last.level,
                facility: last.facility,
                message: "\(last.message) … repeated \(times) \(times == 1 ? "time" : "times")",
                error: last.error
            )
        ]
    }
}
