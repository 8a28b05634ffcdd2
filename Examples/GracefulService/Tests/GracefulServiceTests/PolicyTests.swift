// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@testable import GracefulService

struct PolicyTests {
    private let policy = Policy(maximumAttempts: 3)

    private func verdict(
        _ code: KafkaError.Code,
        _ persistence: ProducerError.Persistence = .notPersisted,
        isFatal: Bool = false,
        isEnding: Bool = false,
        of item: Item = Item(id: 1, text: "x")
    ) -> Policy.Verdict {
        let message = item.message(topic: "t", deadLetterTopic: "d")
        let error = KafkaError(code, "a test", isFatal: isFatal)
        let failure = ProducerError(message: message, error: error, persistence: persistence)
        return policy.verdict(on: failure, of: item, isEnding: isEnding)
    }

    @Test func retriableFailuresAreRetriedUntilTheLastAttempt() {
        #expect(verdict(.messageTimedOut, of: Item(id: 1, text: "x", attempts: 1)) == .retry)
        #expect(verdict(.messageTimedOut, .possiblyPersisted, of: Item(id: 1, text: "x", attempts: 2)) == .retry)
        #expect(verdict(.messageTimedOut, of: Item(id: 1, text: "x", attempts: 3)) == .spool)
    }

    @Test func whatNobodyWillAcceptGoesToTheDeadLettersAndFromThereToTheSpool() {
        #expect(verdict(.invalidRecord) == .deadLetter)
        #expect(verdict(.messageTooLarge) == .deadLetter)
        #expect(verdict(.invalidRecord, of: Item(id: 1, text: "x", rejection: "INVALID_RECORD")) == .spool)
    }

    @Test func whatIsInTheLogIsDeliveredWhateverElseIsSaid() {
        #expect(verdict(.notEnoughReplicasAfterAppend, .persisted, isEnding: true) == .delivered)
    }

    @Test func failuresOfTheProducerAreNoFailuresOfTheMessage() {
        #expect(verdict(.outOfOrderSequenceNumber, isFatal: true) == .keep)
        #expect(verdict(.purgedFromQueue, isEnding: true) == .keep)
        #expect(verdict(.invalidRecord, isEnding: true) == .keep)
    }

    @Test func consumersAreToldWhatMayBeADuplicate() {
        let item = Item(id: 1, text: "x", mayBeInLog: true)
        #expect(item.message(topic: "t", deadLetterTopic: "d").headers == [RecordHeader("possible-duplicate", "true")])
    }
}
