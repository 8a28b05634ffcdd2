// SPDX-License-Identifier: Apache-2.0

/// Moments as people and programs write them: milliseconds since 1970, or RFC 3339 as in `2026-11-21T15:42:13.5+01:00`.
///
/// The one parser for options, JSON and templates; it allocates nothing.
struct TimeText: Equatable, Sendable {
    /// What a number counts that is plainly no number of milliseconds.
    enum Unit: String, Sendable {
        case seconds, microseconds, nanoseconds
    }

    /// Since 1970.
    let milliseconds: Int64
    /// Set when the number would be a moment of our days in this unit, and far from it in milliseconds.
    let suspectedUnit: Unit?

    /// Nil for what is neither.
    init?(_ text: Span<UInt8>) {
        if let number = Self.decimal(text) {
            self.init(number: number)
        } else if case .time(let milliseconds, let end) = Self.date(in: text, at: 0), end == text.count {
            self.init(date: milliseconds)
        } else {
            return nil
        }
    }

    /// A number of milliseconds.
    init(number: Int64) {
        milliseconds = number
        // In milliseconds the middle is 1973 to 5138; in seconds, what is below it is.
        switch number {
        case 100_000_000..<100_000_000_000: suspectedUnit = .seconds
        case 100_000_000_000_000..<100_000_000_000_000_000: suspectedUnit = .microseconds
        case 100_000_000_000_000_000...: suspectedUnit = .nanoseconds
        default: suspectedUnit = nil
        }
    }

    /// A moment that was written as a date, of which no unit can be wrong.
    init(date milliseconds: Int64) {
        self.milliseconds = milliseconds
        suspectedUnit = nil
    }

    /// What people should hear of a suspicion, once.
    static func warning(_ unit: Unit) -> String {
        "times look like \(unit.rawValue) since 1970 and are taken for milliseconds, as Kafka counts; convert them if "
            + "\(unit.rawValue) are meant"
    }

    private static func decimal(_ text: Span<UInt8>) -> Int64? {
        var number: Int64 = 0
        let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
        let digits = isNegative ? 1..<text.count : text.indices
        if digits.isEmpty { return nil }
        for index in digits {
            guard let digit = digit(text[index]) else { return nil }
            let (tens, isOver) = number.multipliedReportingOverflow(by: 10)
            let (sum, isAbove) = tens.addingReportingOverflow(digit)
            if isOver || isAbove { return nil }
            number = sum
        }
        return isNegative ? -number : number
    }

    private static func digit(_ byte: UInt8) -> Int64? {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte ? Int64(byte - UInt8(ascii: "0")) : nil
    }
}

// MARK: RFC 3339

extension TimeText {
    /// What stands at a place.
    enum Reading: Equatable {
        /// Milliseconds since 1970, and where the text of the moment ends.
        case time(Int64, end: Int)
        /// The bytes end inside of what may be one.
        case incomplete
        case none
    }

    /// RFC 3339, with any number of digits behind the second; what is finer than a millisecond is cut off.
    static func date(in text: Span<UInt8>, at start: Int) -> Reading {
        var scanner = Scanner(at: start)
        do throws(Scanner.Stop) {
            let milliseconds = try scanner.moment(text)
            return .time(milliseconds, end: scanner.at)
        } catch {
            return error == .end ? .incomplete : .none
        }
    }

    /// Goes over the bytes of a moment.
    private struct Scanner {
        enum Stop: Error {
            case end, mismatch
        }

        var at: Int

        mutating func moment(_ text: Span<UInt8>) throws(Stop) -> Int64 {
            let year = try number(4, text)
            try skip(UInt8(ascii: "-"), text)
            let month = try number(2, text)
            try skip(UInt8(ascii: "-"), text)
            let day = try number(2, text)
            let between = try next(text)
            if between == UInt8(ascii: "t") || between == UInt8(ascii: " ") {
                at += 1
            } else {
                try skip(UInt8(ascii: "T"), text)
            }
            let hour = try number(2, text)
            try skip(UInt8(ascii: ":"), text)
            let minute = try number(2, text)
            try skip(UInt8(ascii: ":"), text)
            let second = try number(2, text)
            guard 1...12 ~= month, 1...TimeText.length(of: month, in: year) ~= day, hour < 24, minute < 60, second <= 60
            else { throw .mismatch }
            let fraction = try fraction(text)
            let minutes = (TimeText.days(year, month, day) * 24 + hour) * 60 + minute - (try offset(text))
            return (minutes * 60 + second) * 1_000 + fraction
        }

        /// Milliseconds.
        private mutating func fraction(_ text: Span<UInt8>) throws(Stop) -> Int64 {
            if try next(text) != UInt8(ascii: ".") { return 0 }
            at += 1
            var (value, unit) = (try number(1, text) * 100, Int64(10))
            while let digit = TimeText.digit(try next(text)) {
                value += digit * unit
                unit /= 10
                at += 1
            }
            return value
        }

        /// Minutes.
        private mutating func offset(_ text: Span<UInt8>) throws(Stop) -> Int64 {
            let sign = try next(text)
            at += 1
            switch sign {
            case UInt8(ascii: "Z"), UInt8(ascii: "z"): return 0
            case UInt8(ascii: "+"), UInt8(ascii: "-"):
                let hours = try number(2, text)
                try skip(UInt8(ascii: ":"), text)
                let minutes = try number(2, text)
                guard hours < 24, minutes < 60 else { throw .mismatch }
                return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
            default: throw .mismatch
            }
        }

        private func next(_ text: Span<UInt8>) throws(Stop) -> UInt8 {
            guard at < text.count else { throw .end }
            return text[at]
        }

        private mutating func number(_ digits: Int, _ text: Span<UInt8>) throws(Stop) -> Int64 {
            var number: Int64 = 0
            for _ in 0..<digits {
                guard let digit = TimeText.digit(try next(text)) else { throw .mismatch }
                number = number * 10 + digit
                at += 1
            }
            return number
        }

        private mutating func skip(_ byte: UInt8, _ text: Span<UInt8>) throws(Stop) {
            guard try next(text) == byte else { throw .mismatch }
            at += 1
        }
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
