// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer {
    /// Runs `body` in a transaction, which is committed when `body` returns and aborted when it throws or the task is
    /// cancelled by then.
    ///
    /// ```swift
    /// try await producer.withTransaction { transaction in
    ///     try await transaction.send(ProducerMessage(topic: "orders", value: "…"))
    ///     try await transaction.send(ProducerMessage(topic: "payments", value: "…"))
    /// }
    /// ```
    ///
    /// When it returns, everything that `body` sent is committed. When it throws, nothing of it will ever be visible to
    /// readers of committed records, but for a ``TransactionError`` whose outcome is
    /// ``TransactionError/Outcome/unknown``. A commit takes place only when every message was delivered: the first that
    /// fails aborts the transaction at once, and its sends throw from then on. Every message has its outcome before this
    /// returns.
    ///
    /// The first transaction asks the coordinator for the producer's epoch, which fences an earlier producer with the same
    /// ``Configuration/transactionalID`` and aborts what that has left open. Errors that pass are tried again inside, until
    /// the deadline. One transaction is open at a time. See <doc:Transactions>.
    ///
    /// - Parameters:
    ///   - deadline: From this call to the answer to the commit; ``Configuration/transactionTimeout`` if nil, and what is
    ///     sent must be delivered within that in any case. An abort, which drops what is left, may take five seconds beyond.
    ///   - body: What to send. It must have ended what it started: what a task sends later is refused.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` threw, after the abort; or a ``TransactionError``: not begun, with
    ///   ``KafkaError/Code/notTransactional``, ``KafkaError/Code/transactionInProgress``, ``KafkaError/Code/closed``,
    ///   ``KafkaError/Code/forked``, ``KafkaError/Code/cancelled`` or ``KafkaError/Code/deadlineExceeded``; aborted, with
    ///   the error of the message that failed, of the coordinator, or of a fatal error such as
    ///   ``KafkaError/Code/fenced``; or unknown.
    public func withTransaction<Result>(
        deadline: Duration? = nil,
        _ body: (Transaction) async throws -> Result
    ) async throws -> Result {
        let number = try await core.beginTransaction(deadline: deadline)
        let result: Result
        do {
            result = try await body(Transaction(producer: self, number: number))
        } catch {
            let cause = KafkaError(.transactionEnded, "its body threw: \(error)")
            _ = await core.endTransaction(number, abortingFor: cause)
            throw error
        }
        try await core.commitTransaction(number)
        return result
    }
}
