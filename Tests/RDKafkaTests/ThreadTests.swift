// SPDX-License-Identifier: Apache-2.0

import RDKafka
import Testing

@Suite struct ThreadTests {
    @Test func aThreadRunsItsBodyOnce() async {
        let count = await withCheckedContinuation { continuation in
            #expect(Thread.spawn(named: "a-name-longer-than-fifteen-bytes") { continuation.resume(returning: 1) })
        }
        #expect(count == 1)
    }
}
