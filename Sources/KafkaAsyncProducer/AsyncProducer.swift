// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import RDKafka

/// Writes messages to Kafka without waiting for each, and accounts for every one of them.
///
/// A message that ``input`` accepted has exactly one outcome: an element of ``successes`` or of ``errors``, or the
/// result of ``deliver(_:)``. All are counted in ``statistics``, where `accepted == succeeded + failed + inFlight` holds
/// at every moment, whether anybody reads the streams or not.
///
/// <!-- snippet: GettingStarted.greeting -->
/// ```swift
/// let configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])
/// try await AsyncProducer.withProducer(configuration) { producer in
///     let message = ProducerMessage(topic: "greetings", key: "en", value: "hello")
///     try await producer.input.send(message)
/// }
/// ```
///
/// It connects on its own, retries on its own and needs no `run()`. Call ``close(deadline:)`` when done, or use
/// ``withProducer(_:_:)``: dropping the last reference purges what is still in flight.
public final class AsyncProducer: Sendable {
    @usableFromInline let core: ProducerCore

    /// Makes a producer; does not wait for a broker.
    ///
    /// librdkafka is set up on a thread of the library's own, which takes up to 50 ms with TLS.
    ///
    /// - Throws: ``KafkaError/Code/invalidConfiguration`` in words, naming the property and what to write instead, or
    ///   ``KafkaError/Code/systemResources``. Cancelling the caller does not end the wait.
    public init(_ configuration: Configuration) async throws(KafkaError) {
        var configuration = configuration
        let observation = Observation(&configuration)
        let result = await withCheckedContinuation { [configuration] continuation in
            let make: @Sendable () -> Void = {
                let result: Result<ProducerCore, KafkaError>
                do throws(KafkaError) {
                    result = .success(try ProducerCore.make(configuration, observation))
                } catch {
                    result = .failure(error)
                }
                continuation.resume(returning: result)
            }
            if !Thread.spawn(named: "kafka-init", make) { DispatchQueue.global().async(execute: make) }
        }
        core = try result.get()
        core.passOn()
    }

    deinit { core.abandon() }

    /// Where messages go in.
    @inlinable public var input: Input { Input(producer: self) }

    /// The messages that were delivered.
    public var successes: Successes { Successes(core: core) }

    /// The messages that were not.
    public var errors: Errors { Errors(core: core) }

    /// Accepted messages that have no outcome yet.
    public var inFlightCount: Int { core.inFlightCount }

    /// The whole account, as one consistent snapshot.
    public var statistics: Statistics { core.statistics }

    /// librdkafka's name for this producer, such as `kafka-async-producer#producer-1`, as it stands in its log lines.
    public var name: String { core.name }

    /// The version of librdkafka in use, such as `2.0.2`.
    public static var librdkafkaVersion: String { LibraryVersion.text }

    /// The fatal error that stopped this producer for good, if any: close it and make a new one. With
    /// ``Configuration/recovery`` only one beyond its limit does.
    public var fatalError: KafkaError? { core.isForked ? nil : core.withState { $0.fatalError } }

    /// Looks a topic up once, for programs that write to many topics in turn.
    ///
    /// Does not wait for a broker: whether the topic exists shows in the outcomes.
    ///
    /// - Throws: ``KafkaError/Code/invalidTopic``, ``KafkaError/Code/tooManyTopics``, ``KafkaError/Code/closed``,
    ///   ``KafkaError/Code/forked`` or the fatal error that stopped the producer.
    public func topic(_ name: String) throws(KafkaError) -> Topic { try core.resolve(name) }

    /// Sends a message and waits for its own outcome, which then appears in no stream.
    ///
    /// Waits for room first, as ``Input/send(_:)`` does. Cancelling the caller ends either wait with
    /// ``KafkaError/Code/cancelled``: ``ProducerError/Persistence/notPersisted`` says that the message was not accepted,
    /// ``ProducerError/Persistence/possiblyPersisted`` that it is still delivered or fails, and is counted.
    ///
    /// - Throws: Why the message was not accepted, as ``Input/send(_:)``, or why it was not delivered.
    public func deliver(_ message: ProducerMessage) async throws(ProducerError) -> Delivery {
        try await core.deliver(message)
    }

    /// Waits until every message accepted before the call has its outcome, whether it was delivered or failed. Those are
    /// sent without linger.
    ///
    /// - Throws: ``KafkaError/Code/deadlineExceeded`` or ``KafkaError/Code/cancelled``; the messages stay in flight.
    ///   ``KafkaError/Code/forked`` in a forked child.
    public func flush(deadline: Duration = .seconds(30)) async throws(KafkaError) {
        try await core.flush(deadline: deadline)
    }

    /// Drops what was accepted before the call and has no outcome, without waiting and without closing.
    ///
    /// Each dropped message becomes an error; one that may have been sent is
    /// ``ProducerError/Persistence/possiblyPersisted``. What is sent afterwards is not touched. Where messages were under
    /// way, a new client of librdkafka takes over, which takes up to a second; see ``Statistics/retiredClients``.
    public func abort() { core.abort() }
}
