// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer {
    /// The messages that were not delivered, whole, each with its cause and the persistence verdict.
    ///
    /// Failures leave the budget when they arrive, so a reader may send them again even when the budget is used up. They
    /// wait for a reader, or for ``AsyncProducer/close(deadline:)``, up to
    /// ``AsyncProducer/Configuration/Returns/maximumErrors``; beyond it the oldest are dropped and counted by cause.
    /// Several iterators share the work: each failure goes to one. While somebody reads, `close` leaves the failures to him:
    /// who waits for the next one, or works on one in the body of a loop; an iterator that nobody advances is no reader. An
    /// iterator ends after the last outcome of a closed producer, or when its task is cancelled.
    public struct Errors: AsyncSequence, Sendable {
        /// A message that was not delivered.
        public typealias Element = ProducerError
        /// Reading never fails.
        public typealias Failure = Never

        let core: ProducerCore

        /// Starts to read.
        public func makeAsyncIterator() -> Iterator { Iterator(registration: ErrorReaderRegistration(core: core)) }

        /// Reads failure by failure. One task at a time may use it.
        public struct Iterator: AsyncIteratorProtocol {
            private let registration: ErrorReaderRegistration

            init(registration: ErrorReaderRegistration) { self.registration = registration }

            /// The next failure; suspends until there is one, and returns nil at the end or when cancelled.
            public mutating func next(
                isolation actor: isolated (any Actor)? = #isolation
            ) async -> ProducerError? {
                await registration.core.nextError(isolation: actor, ObjectIdentifier(registration))
            }

            /// The next failure; suspends until there is one, and returns nil at the end or when cancelled.
            public mutating func next() async -> ProducerError? {
                await next(isolation: #isolation)
            }
        }
    }
}

/// Tells the core who reads errors: `close` collects what nobody does.
final class ErrorReaderRegistration {
    let core: ProducerCore

    init(core: ProducerCore) {
        self.core = core
    }

    deinit { core.errorIteratorEnded(ObjectIdentifier(self)) }
}
