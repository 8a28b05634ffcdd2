// SPDX-License-Identifier: Apache-2.0

import RDKafka
import Testing

@testable import KafkaAsyncProducer

/// What comes back from a client after an abort was dropped by it, however late it comes.
@Suite struct AbortedReturnTests {
    @Test(arguments: [false, true]) func whatWasHandedOverBeforeAnAbortDoesNotComeBack(isAborted: Bool) throws {
        let configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])
        let settings = try CoreSettings(configuration, configuration.makeProperties())
        var state = ProducerState(configuration: configuration, settings: settings, producer: 1)
        var effects = Effects()
        state.insertTopic("t", settings.standard, &effects)
        // Its partition becomes known.
        state.queues.append(PartitionQueue(topic: 0, partition: 0))
        state.topics[0].queues = [1]
        state.topics[0].sticky = 1
        state.topics[0].isParking = false
        var drops: [Drop] = []
        for _ in 0..<3 { _ = state.admit(Submission(message: ProducerMessage(topic: "t", value: "x"))) }
        state.closeChunks()
        var work: [Work] = []
        _ = state.takeWork(Uptime.now, mayHandOver: true, &work, &drops)
        let item = try #require(work.first)
        // On its way back, and not yet there.
        let returned = ProducerState.Return(unsent: item)
        if isAborted { state.abort(&effects) }
        state.take(returned)
        #expect(state.dispatch.aborted.reduce(0) { $0 + $1.batch.count } == (isAborted ? 3 : 0))
        #expect(state.queues[item.queue].isEmpty == isAborted)
        // What is accepted after it is none of its business.
        _ = state.admit(Submission(message: ProducerMessage(topic: "t", value: "after")))
        state.closeChunks()
        work = []
        _ = state.takeWork(Uptime.now, mayHandOver: true, &work, &drops)
        #expect(work.reduce(0) { $0 + $1.batch.count } == (isAborted ? 1 : 3))
        #expect(drops.isEmpty)
        effects.run()
    }
}
