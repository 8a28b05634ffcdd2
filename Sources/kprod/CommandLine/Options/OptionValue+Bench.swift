// SPDX-License-Identifier: Apache-2.0

// Conversions of the options of `bench`.
extension OptionValue {
    /// The most that a record of Kafka can have, and more than most brokers take.
    private static let largestValue = 1_000_000_000

    /// `100`, `100..2000`, `normal(1000,200)`.
    static func sizes(_ text: String) throws(Invalid) -> Workload.Sizes {
        let invalid = Invalid("is no size of values; write bytes such as 100 or 1KiB, 100..2000, or normal(1000,200)")
        func size(_ text: some StringProtocol) throws(Invalid) -> Int {
            let size = try byteCount(String(text))
            if size > largestValue { throw Invalid("is over the limit of \(largestValue) bytes") }
            return size
        }
        if text.hasPrefix("normal("), text.hasSuffix(")") {
            let parts = text.dropFirst("normal(".count).dropLast().split(
                separator: ",",
                omittingEmptySubsequences: false
            )
            guard parts.count == 2 else { throw invalid }
            return .normal(
                mean: try size(parts[0].filter { $0 != " " }),
                deviation: try size(parts[1].filter { $0 != " " })
            )
        }
        if let dots = text.firstRange(of: "..") {
            let (least, most) = (try size(text[..<dots.lowerBound]), try size(text[dots.upperBound...]))
            guard least <= most else { throw invalid }
            return .range(least...most)
        }
        return .fixed(try size(text))
    }

    /// `3,20`: how many headers, and the bytes of each value.
    static func headers(_ text: String) throws(Invalid) -> (count: Int, bytes: Int) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), let bytes = Int(parts[1]), 0...1_000 ~= count,
            0...1_000_000 ~= bytes
        else { throw Invalid("is not COUNT,BYTES, such as 3,20; up to 1000 headers of up to 1000000 bytes") }
        return (count, bytes)
    }

    /// Records a second; nil for -1, which is as fast as possible.
    static func recordRate(_ text: String) throws(Invalid) -> Double? {
        guard let rate = Double(text), rate == -1 || (rate > 0 && rate <= 1e9) else {
            throw Invalid("is not a number of records a second; write -1 for as fast as possible")
        }
        return rate == -1 ? nil : rate
    }

    /// How many records do not count; 0 is none.
    static func warmup(_ text: String) throws(Invalid) -> Int { text == "0" ? 0 : try count(text) }

    /// 0 to 1.
    static func share(_ text: String) throws(Invalid) -> Double {
        guard let share = Double(text), 0...1 ~= share else { throw Invalid("is not a share from 0 to 1") }
        return share
    }

    /// Milliseconds, as Kafka's tools take them.
    static func milliseconds(_ text: String) throws(Invalid) -> Duration {
        guard let number = Int(text), 1...86_400_000 ~= number else {
            throw Invalid("is not a number of milliseconds from 1 to 86400000")
        }
        return .milliseconds(number)
    }

    /// How many brokers a mock cluster has; nothing is 1.
    static func mockBrokers(_ text: String) throws(Invalid) -> Int { text.isEmpty ? 1 : try number(to: 100)(text) }

    /// From 1 up to `limit`.
    static func number(to limit: Int) -> (String) throws(Invalid) -> Int {
        { text throws(Invalid) in
            let number = try count(text)
            if number > limit { throw Invalid("is over the limit of \(limit)") }
            return number
        }
    }
}
