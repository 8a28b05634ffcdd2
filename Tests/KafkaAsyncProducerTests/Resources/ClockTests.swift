// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import ProcessSupport
import Synchronization
import Testing

@testable import KafkaAsyncProducer

/// The time of day steps by 30 s, both ways, and machines sleep: nothing of ours waits by that clock, so that whatever has
/// a deadline keeps it. For each movement of the clock there is a process, all at the same time.
@Suite(.timeLimit(.minutes(5)), .enabled(if: clock_can_move() != 0, "the clock cannot be moved here"))
struct ClockTests {
    @Test(.namesCases) func closeAndFlushKeepTheirDeadlines() async {
        await atOnce(Movement.allCases) { movement in
            await #expect(processExitsWith: .success) { [movement = movement as Movement] in
                clock_watch()
                try await withStuckProducer { producer in
                    try await expectEnd(after: .seconds(1), "flush", movement) {
                        let result = await Result { try await producer.flush(deadline: .seconds(1)) }
                        expectOrExit(result.code == .deadlineExceeded, "\(result)")
                    }
                    try await expectEnd(after: .seconds(1), "close", movement) {
                        let result = await Result { try await producer.close(deadline: .seconds(1)) }
                        guard case .failure(CloseError.undelivered(let errors)) = result else {
                            return expectOrExit(false, "\(result)")
                        }
                        expectOrExit(errors.errors.count == 10, "\(errors.errors.count)")
                    }
                }
            }
        }
    }

    @Test(.namesCases) func deliveryTimeoutsHold() async {
        await atOnce(Movement.allCases) { movement in
            await #expect(processExitsWith: .success) { [movement = movement as Movement] in
                clock_watch()
                // What is under way, and what never was.
                try await withStuckProducer({ $0.delivery.timeout = .seconds(1) }) { producer in
                    try await expectEnd(after: .seconds(1), "a delivery under way", movement) {
                        let result = await Result {
                            try await producer.deliver(ProducerMessage(topic: "t", value: "under way"))
                        }
                        expectOrExit(result.code == .messageTimedOut, "\(result)")
                    }
                    _ = try? await producer.close(deadline: .milliseconds(100))
                }
                try await withUnreachable { producer in
                    try await expectEnd(after: .seconds(1), "a delivery to nobody", movement) {
                        let result = await Result {
                            try await producer.deliver(ProducerMessage(topic: "t", value: "waiting"))
                        }
                        expectOrExit(result.code == .messageTimedOut, "\(result)")
                    }
                    try await expectEnd(after: .seconds(1), "metadata", movement) {
                        let result = await Result { try await producer.metadata(timeout: .seconds(1)) }
                        expectOrExit(result.code == .deadlineExceeded, "\(result)")
                    }
                    _ = try? await producer.close(deadline: .milliseconds(100))
                }
            }
        }
    }

    @Test(.namesCases) func sendersWaitNoLongerThanTheyMay() async {
        await atOnce(Movement.allCases) { movement in
            await #expect(processExitsWith: .success) { [movement = movement as Movement] in
                clock_watch()
                let change: Change = {
                    $0.buffering.maximumMessages = 11
                    $0.buffering.admissionDeadline = .seconds(1)
                }
                try await withStuckProducer(change) { producer in
                    try await expectEnd(after: .seconds(1), "admission", movement) {
                        let result = await Result {
                            for _ in 0..<2 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
                        }
                        expectOrExit(result.code == .noRoom, "\(result)")
                    }
                    _ = try? await producer.close(deadline: .milliseconds(100))
                }
            }
        }
    }

    /// The test kit's reader waits for brokers too.
    @Test(.namesCases) func recordsAreReadWhileTheClockMoves() async {
        await atOnce(Movement.allCases) { movement in
            await #expect(processExitsWith: .success) { [movement = movement as Movement] in
                clock_watch()
                try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                    let producer = try await makeProducer(cluster)
                    _ = try await producer.deliver(ProducerMessage(topic: "t", value: "x"))
                    try await producer.close()
                    try await cluster.setRoundTripTime(.milliseconds(300))
                    try await expectEnd(after: .milliseconds(600), "reading", movement) {
                        let records = try await cluster.records(in: "t", deadline: .seconds(86_400))
                        expectOrExit(records.count == 1, "\(records.count)")
                    }
                }
            }
        }
    }

    /// librdkafka itself waits by the time of day before it connects again: an outage may last as much longer as the clock
    /// steps back, never more, and messages have their own time all the same.
    @Test(.namesCases) func anOutageEndsWhenTheBrokerIsBack() async {
        await atOnce(Movement.allCases) { movement in
            await #expect(processExitsWith: .success) { [movement = movement as Movement] in
                clock_watch()
                try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                    let producer = try await makeProducer(cluster)
                    _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
                    try await cluster.brokerDown()
                    let waiting = try await producer.submit(ProducerMessage(topic: "t", value: "waiting"))
                    try await Task.sleep(for: .milliseconds(500))
                    movement.happen(seconds: 3)
                    try await cluster.brokerUp()
                    let start = SuspendingClock.now
                    _ = try await waiting.outcome
                    let elapsed = SuspendingClock.now - start
                    expectOrExit(elapsed < .seconds(3 + 8), "\(movement) made the outage \(elapsed) long")
                    try await producer.close()
                    expectOrExit(producer.statistics.succeeded == 2, "\(producer.statistics)")
                }
            }
        }
    }
}

private typealias Change = @Sendable (inout AsyncProducer.Configuration) -> Void

/// What becomes of the clock.
private enum Movement: String, Codable, CaseIterable {
    case forwards, back, sleep

    func happen(seconds: Int32 = 30) {
        switch self {
        case .forwards: clock_step(seconds)
        case .back: clock_step(-seconds)
        case .sleep: clock_suspend(3_600)
        }
    }
}

extension Result {
    /// Of a failure that has one.
    fileprivate var code: KafkaError.Code? {
        guard case .failure(let error) = self else { return nil }
        return (error as? KafkaError)?.code ?? (error as? ProducerError)?.error.code
    }
}

/// Ten messages are under way to a broker that does not answer.
private func withStuckProducer(
    _ change: @escaping Change = { _ in },
    _ body: (AsyncProducer) async throws -> Void
) async throws {
    try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
        let producer = try await makeProducer(cluster, change)
        _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
        try await cluster.setRoundTripTime(.seconds(60))
        for _ in 0..<10 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
        try await body(producer)
        try await expectSettledOrExit(producer)
    }
}

private func withUnreachable(_ body: (AsyncProducer) async throws -> Void) async throws {
    var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
    configuration.delivery.timeout = .seconds(1)
    configuration.logHandler = { _ in }
    let producer = try await AsyncProducer(configuration)
    try await body(producer)
    try await expectSettledOrExit(producer)
}

private func expectSettledOrExit(_ producer: AsyncProducer) async throws {
    let statistics = producer.statistics
    expectOrExit(statistics.isBalanced && statistics.inFlight == 0, "\(statistics)")
}

/// Moves the clock while `body` waits; by a clock that is never moved, it must end in time, and not before.
private func expectEnd(
    after deadline: Duration,
    _ what: String,
    _ movement: Movement,
    _ body: () async throws -> Void
) async throws {
    Foundation.Thread.detachNewThread {
        Foundation.Thread.sleep(forTimeInterval: 0.3)
        movement.happen()
    }
    let start = SuspendingClock.now
    try await body()
    let elapsed = SuspendingClock.now - start
    expectOrExit(elapsed > deadline * 0.8 && elapsed < deadline + .seconds(8), "\(movement): \(what) took \(elapsed)")
}
