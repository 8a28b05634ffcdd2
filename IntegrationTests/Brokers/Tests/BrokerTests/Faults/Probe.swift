// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import KafkaAsyncProducer
import Synchronization

/// Writes to each partition of a topic again and again, with a new client each time that has met no fault yet: when it
/// can, anybody could.
final class Probe: Sendable {
    /// The key of what it writes.
    static let key = "probe"

    private let journal: Journal
    /// When each partition was written to, in the journal's time.
    private let writes: Mutex<[[Int64]]>
    private let stop = StopFlag()

    init(partitions: Int, journal: Journal) {
        self.journal = journal
        writes = Mutex(Array(repeating: [], count: partitions))
    }

    func run(_ topic: Topic, on servers: [String]) async throws {
        let partitions = writes.withLock { $0.indices }
        while !stop.isSet {
            let producer = try await makeProducer(servers) {
                $0.delivery.timeout = .seconds(1)
                $0.batching.linger = .zero
                $0.librdkafka["reconnect.backoff.max.ms"] = "100"
            }
            await withTaskGroup { group in
                for partition in partitions {
                    group.addTask { [self] in
                        let message = ProducerMessage(
                            topic: topic,
                            partition: Int32(partition),
                            key: Self.key,
                            value: KafkaBytes("")
                        )
                        guard (try? await producer.deliver(message)) != nil else { return }
                        let now = journal.age
                        writes.withLock { $0[partition].append(now) }
                    }
                }
            }
            _ = try? await producer.close(deadline: .zero)
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    func end() { stop.set() }

    /// How long the outcome of a message came after its partition could be written to again, or after its send when that
    /// was later.
    func delay(partition: Int, start: Int64, end: Int64) -> Duration {
        let writes = writes.withLock { $0[partition] }
        // The last moment at which writing was not possible: between two writes that are further apart than others.
        var recovery = start
        for (before, after) in zip(writes, writes.dropFirst())
        where after - before > Self.gap && before < end && after > start {
            recovery = max(recovery, min(after, end))
        }
        return .microseconds(end - recovery)
    }

    /// In microseconds: more than a round takes where nothing is wrong.
    private static let gap: Int64 = 600_000
}
