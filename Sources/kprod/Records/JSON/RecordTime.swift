// SPDX-License-Identifier: Apache-2.0

/// The time of a record in JSON.
enum RecordTime {
    /// Go's time that was never set, which kafkactl and kaf write for a record without one.
    private static let unset: Int64 = -62_135_596_800_000

    /// Nil for a time that the writer did not know: null, kcat's -1, or ``unset``.
    static func read(_ json: inout JSONCursor) throws(JSONCursor.Invalid) -> TimeText? {
        guard let bytes = try json.content() else { return nil }
        guard let time = TimeText(bytes.span) else {
            throw .init("has a timestamp that is neither milliseconds nor RFC 3339")
        }
        if time.milliseconds == -1 || time.milliseconds == unset { return nil }
        if time.milliseconds < 0 { throw .init("has a timestamp before 1970, which no record of Kafka can have") }
        return time
    }
}
