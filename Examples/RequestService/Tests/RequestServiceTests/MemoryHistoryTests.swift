// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RequestService

struct MemoryHistoryTests {
    @Test func itSaysWhatIsUsedNowAndWhatWasAtMost() {
        var history = MemoryHistory()
        for mebibytes in [5, 1, 2] { history.add(mebibytes << 20) }
        #expect(history.description == "heap now 2.0 MiB, highest 5.0 MiB, one sample of 1: 5.0 1.0 2.0")
    }

    @Test func theRowStaysShortAndGoesBackToTheStart() {
        var history = MemoryHistory(maximumSamples: 8)
        for second in 0..<10_000 { history.add(second) }
        #expect(history.samples.count <= 8 && history.samples.count >= 4)
        // Evenly: each sample is as far from the one before.
        #expect(history.samples == history.samples.indices.map { $0 * history.stride })
        #expect(history.samples.count * history.stride >= 10_000 - history.stride)
        #expect(history.now == 9_999 && history.highest == 9_999)
    }

    @Test func whatIsAllocatedIsCounted() {
        let before = MemoryHistory.heapInUse
        let bytes = [UInt8](repeating: 1, count: 64 << 20)
        let during = MemoryHistory.heapInUse
        #expect(bytes.count + before <= during + (1 << 20))
    }
}
