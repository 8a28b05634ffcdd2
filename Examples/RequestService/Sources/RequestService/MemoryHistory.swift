// SPDX-License-Identifier: Apache-2.0

import CRequestService

/// The heap over time: one number says little, a row of them from the start to now says whether something leaks.
///
/// The row never grows: when it is full, every other sample goes, and from then on only every other one is kept.
struct MemoryHistory: Sendable {
    /// Bytes in use, evenly over the whole life, the oldest first.
    private(set) var samples: [Int] = []
    private(set) var now = 0
    private(set) var highest = 0
    private let maximumSamples: Int
    /// One of so many samples is kept.
    private(set) var stride = 1
    private var count = 0

    init(maximumSamples: Int = 24) { self.maximumSamples = maximumSamples }

    mutating func add(_ bytes: Int) {
        now = bytes
        highest = max(highest, bytes)
        defer { count += 1 }
        guard count.isMultiple(of: stride) else { return }
        if samples.count == maximumSamples {
            samples = samples.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
            stride *= 2
            if !count.isMultiple(of: stride) { return }
        }
        samples.append(bytes)
    }

    /// As malloc counts them now.
    static var heapInUse: Int { heap_in_use() }

    var description: String {
        let row = samples.map { Self.mebibytes($0) }.joined(separator: " ")
        let numbers = "now \(Self.mebibytes(now)) MiB, highest \(Self.mebibytes(highest)) MiB"
        return "heap \(numbers), one sample of \(stride): \(row)"
    }

    private static func mebibytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10) >> 20
        return "\(tenths / 10).\(tenths % 10)"
    }
}
