// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer {
    /// Refuses new messages and returns at once. Both streams end after the last outcome.
    ///
    /// Senders that wait for room are refused with ``KafkaError/Code/closed``. What was accepted is sent without linger,
    /// and tried for as long as ``Configuration/Delivery/timeout``; ``close(deadline:)`` may follow and set a deadline.
    public func asyncClose() { core.asyncClose() }

    /// Refuses new messages, waits until every accepted one has its outcome, and drains whatever nobody else reads.
    ///
    /// At the deadline, what is not delivered yet is dropped and becomes an error, with the verdict whether it may be in
    /// the log. May be called again, by several tasks at once: there is one close, the earliest deadline counts, and all
    /// get the same result. Cancelling a task that waits here moves the deadline to now. May be called from a loop over
    /// ``successes`` or ``errors``, which then goes on to the last outcome.
    ///
    /// - Parameter deadline: How long messages may still be delivered; ``Configuration/Shutdown/deadline`` if nil.
    /// - Returns: The account, when everything was delivered or its failure was read from ``errors`` by somebody.
    /// - Throws: ``CloseError/undelivered(_:)`` with the failures that nobody else read, or
    ///   ``CloseError/deadlineExceeded(unreported:_:)`` one second after the deadline, when librdkafka could not report
    ///   in time (a name server that does not answer holds it up), ``CloseError/forked`` in a forked child.
    @discardableResult
    public func close(deadline: Duration? = nil) async throws(CloseError) -> CloseReport {
        try await core.close(deadline: deadline)
    }

    /// Runs `body` with a producer and closes it on every way out.
    ///
    /// When `body` throws, its error is what comes out; the producer is closed all the same. When it does not, an error
    /// of the close does. In a cancelled task the close drops what is not delivered yet, as ``close(deadline:)`` says.
    public static func withProducer<Result>(
        _ configuration: Configuration,
        _ body: (AsyncProducer) async throws -> Result
    ) async throws -> Result {
        let producer = try await AsyncProducer(configuration)
        let result: Result
        do {
            result = try await body(producer)
        } catch {
            _ = try? await producer.close()
            throw error
        }
        try await producer.close()
        return result
    }
}
