// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@testable import TestingYourCode

/// Nothing runs here: a failure is a value that a test can make.
struct PolicyTests {
    @Test(arguments: [
        (KafkaError.Code.notEnoughReplicas, ProducerError.Persistence.notPersisted, Reply.tryAgain),
        (.messageTimedOut, .notPersisted, .tryAgain),
        (.messageTimedOut, .possiblyPersisted, .unknown),
        (.purgedInFlight, .possiblyPersisted, .unknown),
        (.messageTooLarge, .notPersisted, .refused("MESSAGE_TOO_LARGE")),
        (.topicAuthorizationFailed, .notPersisted, .refused("TOPIC_AUTHORIZATION_FAILED")),
        (.notEnoughReplicasAfterAppend, .persisted, .placed),
    ])
    func theCustomerIsTold(_ code: KafkaError.Code, _ persistence: ProducerError.Persistence, _ reply: Reply) {
        let failure = ProducerError(
            message: ProducerMessage(topic: "orders", value: "1,coffee"),
            error: KafkaError(code, "made by a test"),
            persistence: persistence
        )
        #expect(Reply(to: failure) == reply)
    }
}
