// SPDX-License-Identifier: Apache-2.0

import RDKafka
import Testing

@testable import KafkaAsyncProducer

/// Which batches go when.
@Suite struct LingerTests {
    private let configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])

    /// A topic whose partitions are known.
    private func state(partitions: Int) throws -> ProducerState {
        let settings = try CoreSettings(configuration, configuration.makeProperties())
        var state = ProducerState(configuration: configuration, settings: settings, producer: 1)
        var effects = Effects()
        state.insertTopic("t", settings.standard, &effects)
        state.queues += (0..<partitions).map { PartitionQueue(topic: 0, partition: Int32($0)) }
        state.topics[0].queues = Array(1...partitions)
        state.topics[0].sticky = 1
        state.topics[0].isParking = false
        effects.run()
        return state
    }

    private func send(_ count: Int, to partition: Int32, _ state: inout ProducerState) {
        for _ in 0..<count {
            _ = state.admit(Submission(message: ProducerMessage(topic: "t", partition: partition, value: "x")))
        }
    }

    /// The partitions whose batches go at that time.
    private func handedOver(at now: Int64, _ state: inout ProducerState) -> [(partition: Int32, count: Int)] {
        var (work, drops) = ([Work](), [Drop]())
        _ = state.takeWork(now, mayHandOver: true, &work, &drops)
        return work.map { ($0.partition, $0.batch.count) }
    }

    @Test func theFirstLingerThatEndsEndsThatOfAll() throws {
        var state = try state(partitions: 3)
        send(2, to: 0, &state)
        send(1, to: 1, &state)
        let opened = try #require(state.queues[1].open).opened
        #expect(handedOver(at: opened, &state).isEmpty)
        let taken = handedOver(at: opened + state.settings.linger, &state).sorted { $0.partition < $1.partition }
        #expect(taken.map(\.partition) == [0, 1] && taken.map(\.count) == [2, 1])
        // What comes after them waits for its own.
        send(1, to: 2, &state)
        #expect(handedOver(at: opened + state.settings.linger, &state).isEmpty)
    }

    /// More than are taken at once: the rest goes with the next look.
    @Test func manyGoInSeveralSteps() throws {
        var state = try state(partitions: 150)
        for partition in 0..<Int32(150) { send(1, to: partition, &state) }
        let opened = try #require(state.queues[1].open).opened
        #expect(handedOver(at: opened, &state).isEmpty)
        let due = opened + state.settings.linger
        let steps = (0..<4).map { _ in handedOver(at: due, &state).count }
        #expect(steps.reduce(0, +) == 150 && steps[0] < 150 && steps[3] == 0)
    }

    /// librdkafka sends so many at once, whatever its linger is.
    @Test func aFullBatchIsWhatLibrdkafkaCallsFull() throws {
        var state = try state(partitions: 1)
        var properties = try configuration.makeProperties()
        state.settings.apply(to: &properties)
        let count = state.settings.batchCount
        #expect(properties.value(of: "batch.num.messages") == String(count))
        send(count + 1, to: 0, &state)
        let opened = try #require(state.queues[1].waiting.first).oldest
        #expect(handedOver(at: opened, &state).map(\.count) == [count])
    }

    /// What librdkafka takes of the linger, half a millisecond of rounding included, is not waited for twice.
    @Test(arguments: [(0, 0, "0"), (500, 500, "0"), (999, 999, "0"), (1_000, 0, "1"), (5_000, 3_500, "1")])
    func theLingerIsShared(microseconds: Int, own: Int64, librdkafkas: String) throws {
        var configuration = configuration
        configuration.batching.linger = .microseconds(microseconds)
        var properties = try configuration.makeProperties()
        let settings = try CoreSettings(configuration, properties)
        settings.apply(to: &properties)
        #expect(settings.linger == own * 1_000)
        #expect(properties.value(of: "linger.ms") == librdkafkas)
    }
}
