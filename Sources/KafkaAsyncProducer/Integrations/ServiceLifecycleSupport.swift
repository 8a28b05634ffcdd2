// SPDX-License-Identifier: Apache-2.0

#if ServiceLifecycleSupport
public import ServiceLifecycle

extension AsyncProducer: Service {
    /// Waits for the end of the service group, then delivers what was accepted and closes.
    ///
    /// The producer works before this runs and without it: this only ties its end to the group's. At graceful shutdown it
    /// refuses new messages, delivers for ``Configuration/Shutdown/deadline``, and drops the rest with an account. When the
    /// group is out of time (`maximumGracefulShutdownDuration`) or is cancelled, the rest is dropped at once, and
    /// accounted for all the same. A close of your own does no harm: it is the same close.
    ///
    /// List the producer before the services that send: a group ends its services in the reverse order.
    ///
    /// - Throws: ``CloseError`` with the failures that nobody read, or `CancellationError` when the group was cancelled.
    public func run() async throws {
        do {
            try await gracefulShutdown()
        } catch {
            // In a cancelled task a close drops what is left without waiting.
            try await close()
            throw error
        }
        try await close()
    }

    /// The producer as a service that also reads its outcomes, to the last one.
    ///
    /// A service of its own that reads a stream would end while the group shuts down, which a group takes for a failure.
    ///
    /// - Parameters:
    ///   - onSuccess: What to do with each delivered message, in order; nil leaves the successes alone.
    ///   - onError: What to do with each failure, in order. A close then has nothing left to throw.
    public func service(
        onSuccess: (@Sendable (DeliveredMessage) async -> Void)? = nil,
        onError: @escaping @Sendable (ProducerError) async -> Void
    ) -> some Service {
        ReadingService(producer: self, onSuccess: onSuccess, onError: onError)
    }
}

private struct ReadingService: Service, CustomStringConvertible {
    let producer: AsyncProducer
    let onSuccess: (@Sendable (DeliveredMessage) async -> Void)?
    let onError: @Sendable (ProducerError) async -> Void

    var description: String { "AsyncProducer(\(producer.name))" }

    func run() async throws {
        // Not children of this task: cancelled with it they would leave unread what the close still brings.
        let errors = Task { [producer, onError] in
            for await error in producer.errors { await onError(error) }
        }
        let successes = onSuccess.map { onSuccess in
            Task { [producer] in
                for await message in producer.successes { await onSuccess(message) }
            }
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await producer.run())
        } catch {
            result = .failure(error)
        }
        await errors.value
        await successes?.value
        try result.get()
    }
}
#endif
