// SPDX-License-Identifier: Apache-2.0

/// What a benchmark sends.
struct Workload: Sendable {
    /// The sizes of values, in bytes.
    enum Sizes: Equatable, Sendable {
        case fixed(Int)
        case range(ClosedRange<Int>)
        case normal(mean: Int, deviation: Int)

        /// The largest that will come, or nearly so.
        var largest: Int {
            switch self {
            case .fixed(let size): size
            case .range(let range): range.upperBound
            case .normal(let mean, let deviation): mean + 4 * deviation
            }
        }
    }

    enum Payload: Sendable {
        /// Capital letters as perf-test's, or, with a compressibility, bytes of which that share is no news.
        case random(Sizes, compressibility: Double?)
        /// One of these, picked at random.
        case given([[UInt8]])
        /// The number of the record, in digits.
        case monotonic
    }

    enum Keys: Equatable, Sendable {
        case none
        /// 0 to N - 1, over and over.
        case range(Int)
        /// One of 0 to N - 1, picked at random.
        case random(Int)
    }

    /// How long it goes on.
    enum Length: Equatable, Sendable {
        case records(Int)
        case time(Duration)
    }

    var length = Length.records(1_000_000)
    var payload = Payload.random(.fixed(100), compressibility: nil)
    var keys = Keys.none
    /// How many headers a record has, and the bytes of the value of each.
    var headers = (count: 0, bytes: 0)
    /// Records a second over all producers; nil is as fast as possible.
    var rate: Double?
    /// The first so many records are no part of the results.
    var warmup = 0
}
