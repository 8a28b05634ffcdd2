// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Sends records again, each in a batch of its own, whose batch a broker refused as a whole: so that only those fail
/// that are too large, or otherwise unacceptable, themselves.
///
/// They come after what was sent meanwhile, so that records of one key change places: unless it is asked for, a record
/// with a key is not sent again. The second producer that this takes is made when it is needed first.
final class Resender: Sendable {
    private struct State {
        var producer: AsyncProducer?
        var readers: OutcomeReaders?
        var cannot = false
    }

    /// With these a broker refuses a batch for the sake of one record: MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE,
    /// INVALID_TIMESTAMP and INVALID_RECORD.
    private static let codes: Set<KafkaError.Code> = [
        .messageTooLarge, KafkaError.Code(rawValue: 18), KafkaError.Code(rawValue: 32), .invalidRecord,
    ]

    private let configuration: AsyncProducer.Configuration
    /// Whether records with keys are sent again, too.
    private let reorders: Bool
    private let read: @Sendable (AsyncProducer) -> OutcomeReaders
    private let state = Mutex(State())
    private let isDropping = Atomic(false)

    /// `read` starts to read the outcomes of what is sent again, which are final.
    init(
        _ configuration: AsyncProducer.Configuration,
        reorders: Bool,
        read: @escaping @Sendable (AsyncProducer) -> OutcomeReaders
    ) {
        self.reorders = reorders
        var configuration = configuration
        for name in ["linger.ms", "queue.buffering.max.ms", "batch.num.messages"] {
            configuration.librdkafka[name] = nil
        }
        configuration.returns.maximumErrors = .max
        configuration.batching.linger = .zero
        configuration.batching.maximumMessages = 1
        self.configuration = configuration
        self.read = read
    }

    /// Sends the record again if that can help; returns whether its outcome is still to come.
    ///
    /// Suspends while there is no room. For one task at a time.
    func take(_ error: ProducerError) async -> Bool {
        // What the client refused itself has no partition, and was part of no batch.
        guard Self.codes.contains(error.error.code), error.persistence == .notPersisted, error.partition != nil,
            reorders || error.message.key == nil, !isDropping.load(ordering: .sequentiallyConsistent),
            let producer = await producer()
        else { return false }
        await state.withLock { $0.readers }?.gate.wait()
        do throws(KafkaError) {
            try await producer.input.send(error.message)
        } catch {
            return false
        }
        // It may have come in behind the drop.
        if isDropping.load(ordering: .sequentiallyConsistent) { producer.abort() }
        return true
    }

    /// Records that were sent again and have no outcome yet.
    var inFlightCount: Int { state.withLock { $0.producer?.inFlightCount ?? 0 } }

    /// Lets go of what is not delivered yet, now and later.
    func drop() {
        isDropping.store(true, ordering: .sequentiallyConsistent)
        state.withLock { $0.producer }?.abort()
    }

    var stateLines: [String] { state.withLock { $0.producer }?.stateLines ?? [] }

    /// What the second producer counted; nil when there is none.
    var statistics: Statistics? { state.withLock { $0.producer?.statistics } }

    /// Waits for the outcomes of all that was sent again.
    func finish() async {
        let (producer, readers) = state.withLock { ($0.producer, $0.readers) }
        guard let producer, let readers else { return }
        do throws(CloseError) {
            // Records have their own deadline.
            try await producer.close(deadline: .unbounded)
            await readers.finish()
        } catch {
            // The readers have everything but what the client could not say.
        }
    }

    private func producer() async -> AsyncProducer? {
        let (known, cannot) = state.withLock { ($0.producer, $0.cannot) }
        if known != nil || cannot { return known }
        let new = try? await AsyncProducer(configuration)
        state.withLock { state in
            state.producer = new
            state.readers = new.map(read)
            state.cannot = new == nil
        }
        return new
    }
}
