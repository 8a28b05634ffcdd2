// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The time of a record: milliseconds, or as in `2026-11-21T15:42:13.5+01:00`.
enum RecordTime {
    /// Go's time that was never set, which kafkactl and kaf write for a record without one.
    private static let unset: Int64 = -62_135_596_800_000

    /// Nil for a time that the writer did not know: null, kcat's -1, or ``unset``.
    static func read(_ json: inout JSONCursor) throws(JSONCursor.Invalid) -> Timestamp? {
        guard let bytes = try json.content() else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let milliseconds = Int64(text) ?? milliseconds(text) else {
            throw .init("has a timestamp that is neither milliseconds nor RFC 3339")
        }
        return milliseconds == -1 || milliseconds == unset ? nil : Timestamp(millisecondsSinceEpoch: milliseconds)
    }

    /// RFC 3339, with any number of digits behind the second; what is finer than a millisecond is cut off.
    static func milliseconds(_ text: String) -> Int64? {
        let pattern = /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))/
            .asciiOnlyDigits()
        guard let match = text.wholeMatch(of: pattern)?.output,
            let year = Int64(match.1), let month = Int64(match.2), let day = Int64(match.3),
            let hour = Int64(match.4), let minute = Int64(match.5), let second = Int64(match.6),
            1...12 ~= month, 1...length(of: month, in: year) ~= day, hour < 24, minute < 60, second <= 60
        else { return nil }
        let digits = match.7.map { String($0.prefix(3)) } ?? ""
        let fraction = Int64(digits + String(repeating: "0", count: 3 - digits.count)) ?? 0
        var offset = Int64(0)
        if let sign = match.8, let hours = match.9.flatMap({ Int64($0) }), let minutes = match.10.flatMap({ Int64($0) })
        {
            guard hours < 24, minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * (sign == "-" ? -1 : 1)
        }
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - offset
        return (minutes * 60 + second) * 1_000 + fraction
    }

    private static func length(of month: Int64, in year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day is the last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // From 1 on, so that dividing cuts off in the right direction.
        let shifted = month <= 2 ? year + 399 : year + 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468 - 146_097
    }
}
