// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

@Suite struct TransactionStateTests {
    /// Whether the coordinator can have ended one by its time-out: only what was open for as long as that.
    @Test func onlyWhatWasOpenForTooLongIsOverdue() {
        var short = TransactionState(id: "a", timeout: 0)
        #expect(!short.mayBeOverdue)
        short.noteOpen()
        #expect(short.mayBeOverdue)
        short.noteEnd()
        #expect(!short.mayBeOverdue)
        var long = TransactionState(id: "a", timeout: 3_600_000_000_000)
        long.noteOpen()
        #expect(!long.mayBeOverdue)
    }

    /// The end of one is not known, and the next has begun: the time of the first counts.
    @Test func anEndThatIsNotKnownKeepsTheTime() {
        var state = TransactionState(id: "a", timeout: 1)
        state.noteOpen()
        let first = state.openSince
        state.noteOpen()
        #expect(first != nil && state.openSince == first)
    }
}
