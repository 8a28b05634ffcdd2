// SPDX-License-Identifier: Apache-2.0

import CRequestService

/// The heap over time: one number says little, a row of them says whether something leaks.
struct MemoryHistory: Sendable {
    /// Bytes in use, the newest last.
    private(set) var samples: [Int] = []
    private(set) var highest = 0
    let maximumSamples: Int

    init(maximumSamples: Int = 12) { self.maximumSamples = maximumSamples }

    mutating func add(_ bytes: Int) {
        samples.append(bytes)
        if samples.count > maximumSamples { samples.removeFirst() }
        highest = max(highest, bytes)
    }

    /// As malloc counts them now.
    static var heapInUse: Int { heap_in_use() }

    var description: String {
        let row = samples.map { Self.mebibytes($0) }.joined(separator: " ")
        return "heap now \(Self.mebibytes(samples.last ?? 0)) MiB, highest \(Self.mebibytes(highest)) MiB, row \(row)"
    }

    private static func mebibytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10) >> 20
        return "\(tenths / 10).\(tenths % 10)"
    }
}
