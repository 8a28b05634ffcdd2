// SPDX-License-Identifier: Apache-2.0

import RDKafka
import Testing

@testable import KafkaAsyncProducer

/// What of a chunk has no outcome yet, and the line in which batches wait.
@Suite struct BatchMachineTests {
    /// A batch of ten messages, accepted a millisecond after each other from `start` on.
    private func batch(_ start: Int64, count: Int = 10) -> Batch {
        let memory = OpenChunk(capacity: 4_096, pool: MemoryPool(limit: 0), opened: start)
        var writer = memory.makeWriter(requestSize: 4_096, maximumCount: count)
        for index in 0..<count {
            writer.setTime(start + Int64(index) * 1_000_000)
            let isWritten = writer.append(key: nil, value: [1].span, partition: -1, note: .none)
            #expect(isWritten)
        }
        return Batch(Chunk(closing: memory, writer), mark: 7)
    }

    @Test func piecesAreTakenOnce() {
        var batch = batch(1_000)
        #expect(batch.take(0..<4) == [0..<4])
        #expect(batch.take(2..<6) == [4..<6])
        #expect(batch.take(8..<10) == [8..<10])
        #expect(batch.pending == [6..<8] && batch.count == 2)
        #expect(batch.take(0..<10) == [6..<8])
        #expect(batch.isEmpty && batch.oldest == .max)
        #expect(batch.take(0..<10) == [])
    }

    @Test(arguments: 0...11) func whatIsOlderIsTakenOut(milliseconds: Int) {
        var batch = batch(5_000_000)
        _ = batch.take(3..<5)
        let expired = batch.takeAccepted(before: 5_000_000 + Int64(milliseconds) * 1_000_000)
        let old = (0..<10).filter { $0 < milliseconds && !(3..<5).contains($0) }
        #expect(expired?.pending.flatMap { Array($0) } ?? [] == old)
        #expect(batch.pending.flatMap { Array($0) } == (0..<10).filter { !(3..<5).contains($0) && !old.contains($0) })
        #expect(expired.map { $0.mark == 7 } ?? old.isEmpty)
    }

    /// With several under way they may come back in any order.
    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]]) func whatComesBackStandsByItsAge(order: [Int]) {
        var queue = PartitionQueue(topic: 0, partition: 0)
        queue.waiting.append(batch(9_000_000_000))
        for number in order { queue.putBack(batch(Int64(number + 1) * 1_000_000_000)) }
        let ages = queue.removeAll().map(\.oldest)
        #expect(ages == ages.sorted() && ages.count == 4)
    }

    /// A message that only waited for others to share its batch has not run out of time.
    @Test(arguments: [(5_000, 5_500), (80, 100), (5, 300_000), (0, 1)]) func lingerIsNoExpiry(
        linger: Int,
        timeout: Int
    ) throws {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])
        configuration.batching.linger = .milliseconds(linger)
        configuration.delivery.timeout = .milliseconds(timeout)
        let settings = try CoreSettings(configuration, configuration.makeProperties())
        let limit = try #require(settings.standard.timeout)
        #expect(settings.linger < limit - settings.standard.handoverMargin)
    }
}
