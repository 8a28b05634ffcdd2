// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Sends one producer's share of a workload on schedule.
struct BenchFeed: Sendable {
    /// How often there was no room, and for how long.
    struct Waits: Sendable {
        var count = 0
        /// Nanoseconds.
        var time: UInt64 = 0

        mutating func add(_ other: Waits) {
            count += other.count
            time += other.time
        }
    }

    /// A task that never waits would keep its thread from the readers of outcomes.
    private static let recordsBetweenYields = 64

    let workload: Workload
    let lane: BenchLane
    let stop: StopSwitch
    let gate: FailureGate
    let schedule: Schedule
    /// Of so many producers, this is number `index`: it sends each `count`-th record.
    let index: Int
    let count: Int
    let onReady: @Sendable () -> Void

    func run() async -> Waits {
        var waits = Waits()
        var tally = FeedTally()
        defer { lane.ledger.publish(tally) }
        var maker = RecordMaker(workload, topic: lane.topic, seed: UInt64(index))
        var number = index
        var largest = 0
        while !stop.isOn, !isOver(number) {
            let due = schedule.due(number)
            if let due { await sleep(until: due) }
            let now = BenchClock.now
            let times = SendTimes(intended: due ?? now, sent: now, isWarmup: number < workload.warmup)
            let message = maker.make(number, metadata: times)
            tally.read += 1
            if index == 0, !lane.ledger.isReadyKnown {
                lane.ledger.setReadyKnown(true)
                onReady()
            }
            do throws(KafkaError) {
                try await send(message, &waits)
                let size = (message.key?.count ?? 0) + (message.value?.count ?? 0)
                largest = max(largest, size)
                tally.acceptedBytes += size
            } catch {
                let goesOn = lane.ledger.refused(error, at: "record \(number)")
                if !goesOn || error.isFatal || error.code == .cancelled || error.code == .closed { break }
            }
            number += count
            if tally.read % Self.recordsBetweenYields == 0 {
                lane.ledger.publish(tally)
                gate.look(largest: largest)
                await gate.wait()
                await Task.yield()
            }
        }
        _ = await lane.transactions?.finish(commits: true)
        return waits
    }

    private func isOver(_ number: Int) -> Bool {
        switch workload.length {
        case .records(let count): number >= count
        case .time(let duration):
            // The schedule decides where there is one: the number of records is then the same in every run.
            Duration.nanoseconds(Int64(clamping: (schedule.due(number) ?? BenchClock.now) &- schedule.start))
                >= duration
        }
    }

    /// Sends at once, or notes that it had to wait.
    private func send(_ message: ProducerMessage, _ waits: inout Waits) async throws(KafkaError) {
        if try sendNow(message) { return }
        let start = BenchClock.now
        defer {
            waits.count += 1
            waits.time += BenchClock.now - start
        }
        if let transactions = lane.transactions { return try await transactions.send(message) }
        try await lane.producer.input.send(message)
    }

    private func sendNow(_ message: ProducerMessage) throws(KafkaError) -> Bool {
        guard let input = lane.transactions.map({ $0.current }) ?? lane.producer.input else { return false }
        do throws(KafkaError) {
            guard case .accepted = try input.trySend(message) else { return false }
            lane.transactions?.count()
            return true
        } catch {
            // The next one may be open already.
            if lane.transactions != nil, Transactions.isOver(error) { return false }
            throw error
        }
    }

    private func sleep(until due: UInt64) async {
        while !stop.isOn {
            let now = BenchClock.now
            if now >= due { return }
            // A stop is heard within this time.
            let wait = min(due - now, 100_000_000)
            try? await Task.sleep(for: .nanoseconds(Int64(wait)), tolerance: .zero)
            if Task.isCancelled { return }
        }
    }
}
