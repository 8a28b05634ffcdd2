// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What the customer is told.
enum Reply: Sendable, Hashable {
    case placed
    /// It is not in the log: he may order again.
    case tryAgain
    /// It may be in the log: somebody has to look before he orders again.
    case unknown
    /// It is not, and never will be.
    case refused(String)

    /// A policy is a pure function of the failure, so that its tests need no broker and no waiting.
    init(to failure: ProducerError) {
        self =
            switch (failure.persistence, failure.error.isRetriable) {
            case (.persisted, _): .placed
            case (.possiblyPersisted, _): .unknown
            case (.notPersisted, true): .tryAgain
            case (.notPersisted, false): .refused(failure.error.name)
            }
    }
}
