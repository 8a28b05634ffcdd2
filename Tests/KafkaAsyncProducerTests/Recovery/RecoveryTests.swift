// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import RDKafka
import Testing

@testable import KafkaAsyncProducer

@Suite(.timeLimit(.minutes(2))) struct RecoveryTests {
    private func message(_ number: Int) -> ProducerMessage {
        ProducerMessage(topic: "t", partition: 0, value: "\(number)")
    }

    /// What waits for its broker in librdkafka, what waits in a queue, and who waits for room: all of it goes on.
    @Test func whatWaitsGoesToTheNextClientInOrder() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.recovery = .restart()
                $0.buffering.maximumMessages = 100
                $0.returns.successes = .never
            }
            _ = try await producer.deliver(message(0))
            try await cluster.brokerDown()
            for number in 1...100 { try await producer.input.send(message(number)) }
            let waiting = Task { try await producer.input.send(message(101)) }
            try await eventually("a sender waits") { producer.statistics.waitingSenders == 1 }
            try await producer.restart()
            #expect(producer.fatalError == nil)
            #expect(producer.statistics.failed == 0)
            try await cluster.brokerUp()
            try await waiting.value
            try await producer.close()
            #expect(producer.statistics.restarts == 1)
            #expect(producer.statistics.retiredClients == 0)
            #expect(try await cluster.records(in: "t").map(\.valueText) == (0...101).map { "\($0)" })
            expectSettled(producer, accepted: 102)
        }
    }

    /// A request was written and not answered: nobody knows.
    @Test(arguments: [false, true])
    func whatMayHaveBeenStoredIsAnErrorOrGoesAgain(mayDuplicate: Bool) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.recovery = .restart(mayDuplicate: mayDuplicate) }
            _ = try await producer.deliver(message(0))
            let requests = try #require(producer.core.metadata.client).requests
            let sent = requests.total([])
            try await cluster.delayNext(.produce, by: .seconds(30), on: 1)
            try await producer.input.send(contentsOf: (1...10).map { message($0) })
            try await eventually("the request is sent") { requests.total([]) > sent }
            // Behind it, and certainly not sent.
            try await producer.input.send(contentsOf: (11...20).map { message($0) })
            try await producer.restart()
            try await producer.flush()
            let errors = mayDuplicate ? [] : try await undelivered(by: producer, deadline: .seconds(10)).errors
            if mayDuplicate { try await producer.close() }
            let unknown = errors.compactMap { Int($0.message.value?.string ?? "") }
            #expect(unknown.sorted() == (mayDuplicate ? [] : Array(1...10)))
            #expect(errors.allSatisfy { $0.persistence == .possiblyPersisted && $0.error.isRetriable })
            #expect(errors.allSatisfy { $0.error.code == .purgedInFlight && $0.error.message.contains("as if") })
            #expect(producer.statistics.resentPossiblyPersisted == (mayDuplicate ? 10 : 0))
            let later = (mayDuplicate ? Array(1...10) : []) + Array(11...20)
            let log = try await cluster.records(in: "t").map { Int($0.valueText ?? "") }
            // Where the hand-over takes long, librdkafka sends a part of it and keeps the rest.
            let sentCount = isSanitized ? log.count - later.count - 1 : 10
            #expect((1...10).contains(sentCount) && log == [0] + Array(1...10).prefix(sentCount) + later)
            expectSettled(producer, accepted: 21)
        }
    }

    /// What may have been stored stays so, also when it is dropped while it waits to go again.
    @Test func whatWasToGoAgainAndIsDroppedMayStillBeStored() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.recovery = .restart(mayDuplicate: true) }
            _ = try await producer.deliver(message(0))
            let requests = try #require(producer.core.metadata.client).requests
            let sent = requests.total([])
            try await cluster.delayNext(.produce, by: .seconds(30), on: 1)
            try await producer.input.send(contentsOf: (1...10).map { message($0) })
            try await eventually("the request is sent") { requests.total([]) > sent }
            try await producer.input.send(contentsOf: (11...20).map { message($0) })
            try await cluster.brokerDown()
            try await producer.restart()
            try await eventually("it goes again") { producer.statistics.resentPossiblyPersisted == 10 }
            let errors = try await undelivered(by: producer, deadline: .zero).errors
            #expect(errors.count == 20)
            for error in errors {
                let isSent = (1...10).contains { error.message.value == KafkaBytes("\($0)") }
                #expect(error.persistence == (isSent ? .possiblyPersisted : .notPersisted), "\(error)")
            }
            expectSettled(producer, accepted: 21)
        }
    }

    @Test func beyondTheLimitItIsTheEnd() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let (lines, log) = AsyncStream.makeStream(of: LogEntry.self)
            let producer = try await makeProducer(cluster) {
                $0.recovery = .restart(limit: 2)
                $0.logHandler = { log.yield($0) }
            }
            for round in 1...2 {
                try await producer.restart()
                _ = try await producer.deliver(message(round))
            }
            try producer.raiseFatalError()
            try await eventually("it is the end") { producer.fatalError != nil }
            #expect(producer.fatalError?.code == .outOfOrderSequenceNumber)
            #expect(producer.fatalError?.message.contains("2 restarts did not help") == true)
            await #expect {
                try await producer.input.send(message(3))
            } throws: {
                ($0 as? KafkaError)?.isFatal == true
            }
            #expect(producer.statistics.restarts == 2)
            try await producer.close()
            log.finish()
            let said = await lines.reduce(into: [String]()) { $0.append($1.message) }
            // The second differs in its numbers only, and is folded into it.
            #expect(said.contains { $0.contains("a new client takes over (1 of 2 within 60.0 seconds)") })
            expectSettled(producer, accepted: 2)
        }
    }

    /// Whoever was fenced must not fence in turn.
    @Test(arguments: [Int32(-144), 47, 90])
    func aFencedClientIsNotRestarted(code: Int32) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.recovery = .restart() }
            _ = try await producer.deliver(message(0))
            try producer.raiseFatalError(.init(rawValue: code))
            try await eventually("it is the end") { producer.fatalError != nil }
            #expect(producer.statistics.restarts == 0)
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }

    @Test func aCloseDuringARestartDeliversWhatIsLeft() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.recovery = .restart()
                $0.batching.linger = .seconds(10)
            }
            _ = try producer.topic("t")
            _ = try await producer.metadata(for: "t")
            for number in 0..<1_000 { try await producer.input.send(message(number)) }
            try producer.raiseFatalError()
            try await eventually("it is noticed") { producer.statistics.restarts == 1 }
            try await producer.close()
            #expect(producer.statistics.succeeded == 1_000)
            expectSettled(producer, accepted: 1_000)
        }
    }

    @Test func anAbortDuringARestartDropsWhatWasToGoAgain() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.recovery = .restart() }
            _ = try await producer.deliver(message(0))
            try await cluster.brokerDown()
            for number in 1...100 { try await producer.input.send(message(number)) }
            try await producer.restart()
            producer.abort()
            try await producer.flush()
            try await cluster.brokerUp()
            _ = try await producer.deliver(message(101))
            let errors = try await undelivered(by: producer, deadline: .seconds(10)).errors
            #expect(errors.count == 100)
            #expect(errors.allSatisfy { $0.persistence == .notPersisted && !$0.error.isRetriable })
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["0", "101"])
            expectSettled(producer, accepted: 102)
        }
    }

    /// One account across all clients, in order and without a copy, whenever the errors come.
    @Test func underALoadEveryMessageHasOneOutcomeAndItsPlace() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 3]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.recovery = .restart(limit: 10_000, within: .milliseconds(100))
                $0.buffering.maximumMessages = 2_000
            }
            let delivered = Task {
                var values: Set<String> = []
                for await success in producer.successes {
                    let value = success.value.map { String(decoding: [UInt8]($0), as: UTF8.self) } ?? ""
                    #expect(values.insert(value).inserted)
                }
                return values
            }
            let failed = Task { await collectErrors(producer) }
            let load = Task {
                var number = 0
                while !Task.isCancelled {
                    let message = ProducerMessage(topic: "t", partition: Int32(number % 3), value: "\(number)")
                    do throws(KafkaError) {
                        try await producer.input.send(message)
                    } catch {
                        #expect(error.code == .cancelled)
                        break
                    }
                    number += 1
                    if number % 50 == 0 { try? await Task.sleep(for: .milliseconds(1)) }
                }
                return number
            }
            for round in 1...8 {
                let before = producer.statistics.succeeded
                try await eventually("the load is delivered") { producer.statistics.succeeded > before + 500 }
                try await producer.restart()
                #expect(producer.statistics.restarts == round)
            }
            load.cancel()
            let accepted = await load.value
            try await producer.close()
            let (values, errors) = (await delivered.value, await failed.value)
            #expect(values.count + errors.count == accepted)
            let log = try await cluster.records(in: "t")
            for partition in Int32(0)..<3 {
                let numbers = log.filter { $0.partition == partition }.compactMap { $0.valueText.flatMap { Int($0) } }
                #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
            }
            let written = Set(log.compactMap(\.valueText))
            #expect(written.isSuperset(of: values))
            for error in errors where error.persistence == .notPersisted {
                Issue.record("\(error): it was to go again")
            }
            expectSettled(producer, accepted: accepted)
        }
    }
}
