// SPDX-License-Identifier: Apache-2.0

/// Counts durations in a fixed number of buckets: exact below 64 µs, then 32 buckets per power of two, so that no
/// percentile is off by more than 3 %.
///
/// One array, allocated once; recording is a few instructions.
struct LatencyHistogram: Sendable {
    /// log2 of the buckets per power of two.
    private static let precision = 5
    /// Everything from 2^36 µs (19 hours) up is in the last bucket.
    private static let highestPower = 36
    private static let bucketCount = (highestPower - precision + 1) << precision

    private var buckets = [Int](repeating: 0, count: bucketCount)
    private(set) var count = 0
    private(set) var maximum = 0
    private(set) var minimum = 0
    private var sum = 0.0
    private var sumOfSquares = 0.0

    /// In microseconds; 0 when there are none.
    var mean: Double { count == 0 ? 0 : sum / Double(count) }

    /// In microseconds.
    var standardDeviation: Double {
        count == 0 ? 0 : max(0, sumOfSquares / Double(count) - mean * mean).squareRoot()
    }

    /// Counts one duration, in microseconds; a clock that went backwards counts as 0.
    mutating func record(_ microseconds: Int) {
        let value = max(0, microseconds)
        buckets[Self.bucket(of: value)] += 1
        minimum = count == 0 ? value : min(minimum, value)
        maximum = max(maximum, value)
        count += 1
        sum += Double(value)
        sumOfSquares += Double(value) * Double(value)
    }

    /// Adds what another one has counted.
    mutating func add(_ other: LatencyHistogram) {
        if other.count == 0 { return }
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        minimum = count == 0 ? other.minimum : min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        count += other.count
        sum += other.sum
        sumOfSquares += other.sumOfSquares
    }

    /// What was counted, as the largest duration of a bucket and the number in it; without empty buckets.
    var entries: [(microseconds: Int, count: Int)] {
        buckets.indices.filter { buckets[$0] > 0 }.map { (min(Self.upperBound(of: $0), maximum), buckets[$0]) }
    }

    /// Counts one duration.
    mutating func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        // Longer than the last bucket, and short enough not to overflow.
        let whole = min(max(seconds, -1), 1 << 30)
        record(Int(whole) * 1_000_000 + Int(attoseconds / 1_000_000_000_000))
    }

    /// The duration in microseconds that the given share (0 to 1) of all counted did not exceed; 0 when there are none.
    func percentile(_ share: Double) -> Int {
        let rank = max(1, Int((Double(count) * min(max(share, 0), 1)).rounded(.up)))
        var seen = 0
        for (index, entries) in buckets.enumerated() where entries > 0 {
            seen += entries
            if seen >= rank { return min(Self.upperBound(of: index), maximum) }
        }
        return maximum
    }

    private static func bucket(of value: Int) -> Int {
        // The values below 2^(precision + 1) fall into buckets of width 1; each power above is cut into 2^precision.
        let power = Int.bitWidth - 1 - value.leadingZeroBitCount
        guard power > precision else { return value }
        let shift = power - precision
        let index = (shift << precision) + (value >> shift)
        return min(index, bucketCount - 1)
    }

    /// The largest value that falls into the bucket.
    private static func upperBound(of index: Int) -> Int {
        let shift = (index >> precision) - 1
        guard shift > 0 else { return index }
        let position = (index & ((1 << precision) - 1)) + (1 << precision)
        return ((position + 1) << shift) - 1
    }
}
