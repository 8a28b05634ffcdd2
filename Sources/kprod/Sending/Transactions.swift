// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Opens and ends the transactions of one producer, one after the other.
///
/// Its records are sent by one task; what ends a transaction may also be the time, or somebody who wants no more.
final class Transactions: Sendable {
    private struct Open {
        let number: Int
        let input: AsyncProducer.Input
        /// Ends the body of the transaction: with true it is committed.
        let end: AsyncStream<Bool>.Continuation
        let task: Task<Void, any Error>
        var records = 0
        var timer: Task<Void, Never>?
    }

    private struct State {
        var open: Open?
        var ending: Task<Void, Never>?
        /// That of the transaction that was begun last, also while it ends.
        var task: Task<Void, any Error>?
        /// Lets go of who waits for the beginning.
        var opened: AsyncStream<AsyncProducer.Input>.Continuation?
        var number = 0
        /// Records of transactions that have ended.
        var settled = 0
        var counts = Counts()
        var isOver = false
    }

    /// How many have ended how.
    struct Counts: Equatable, Sendable {
        var committed = 0
        var aborted = 0

        var line: String {
            "transactions: \(NumberText.grouped(committed)) committed, \(NumberText.grouped(aborted)) aborted"
        }
    }

    /// Thrown by the body of a transaction that is not wanted.
    private struct Unwanted: Error {}

    private let producer: AsyncProducer
    private let plan: TransactionPlan
    private let observer: any TransactionObserver
    private let onFailure: @Sendable (TransactionError) -> Void
    private let state = Mutex(State())

    /// Calls `onFailure` when a transaction that was to be committed is not, or none can be begun.
    init(
        _ producer: AsyncProducer,
        _ plan: TransactionPlan,
        _ observer: any TransactionObserver,
        onFailure: @escaping @Sendable (TransactionError) -> Void
    ) {
        self.producer = producer
        self.plan = plan
        self.observer = observer
        self.onFailure = onFailure
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// Whether the coordinator is asked for one, and has not answered.
    var isBeginning: Bool { state.withLock { $0.opened != nil } }

    /// Where the next record goes in, if nothing has to be waited for.
    var current: AsyncProducer.Input? {
        state.withLock { state in
            guard let open = state.open, !isFull(open) else { return nil }
            return open.input
        }
    }

    /// A record was accepted.
    func count() { state.withLock { $0.open?.records += 1 } }

    /// Where the next record goes in, once what is full is committed; nil when there are to be no more.
    func next() async -> AsyncProducer.Input? {
        while true {
            let (input, ending, isOver) = state.withLock { state -> (AsyncProducer.Input?, Task<Void, Never>?, Bool) in
                if state.isOver { return (nil, nil, true) }
                if let ending = state.ending { return (nil, ending, false) }
                guard let open = state.open else { return (nil, nil, false) }
                return isFull(open) ? (nil, end(&state, commits: true), false) : (open.input, nil, false)
            }
            if isOver { return nil }
            if let input { return input }
            if let ending {
                await ending.value
            } else if await !begin() {
                return nil
            }
        }
    }

    /// Whether a message was refused because its transaction has ended, or can only be aborted.
    static func isOver(_ error: KafkaError) -> Bool { error.code == .transactionEnded || error.requiresAbort }

    /// Sends a record in whichever transaction it belongs to; waits for room, and for the end of what is full.
    ///
    /// When there are to be no more, or the transaction can only be aborted, the record is one of those that are dropped.
    func send(_ message: ProducerMessage) async throws(KafkaError) {
        while let input = await next() {
            do throws(KafkaError) {
                try await input.send(message)
                return count()
            } catch {
                // Its time was over: the record is the first of the next one.
                if error.code == .transactionEnded, !error.requiresAbort { continue }
                if Self.isOver(error) { throw KafkaError(.cancelled, error.message) }
                throw error
            }
        }
        throw KafkaError(.cancelled, "there are no more transactions")
    }

    /// Ends what is open, and waits until that is done; whether everything that was to be committed is.
    func finish(commits: Bool) async -> Bool {
        let ending = state.withLock { state in
            state.isOver = true
            return end(&state, commits: commits)
        }
        await ending?.value
        return counts.aborted == 0
    }

    /// Lets go of who waits for a transaction that has not begun: there are to be no more.
    func stopBeginning() {
        state.withLock { state in
            if state.opened != nil { state.isOver = true }
            return state.opened
        }?.finish()
    }

    /// No more, and what is open is aborted.
    func drop() {
        let (task, opened) = state.withLock { state in
            state.isOver = true
            _ = end(&state, commits: false)
            return (state.task, state.opened)
        }
        task?.cancel()
        opened?.finish()
    }

    private func isFull(_ open: Open) -> Bool { plan.size.map { open.records >= $0 } ?? false }

    /// Begins one; false when that cannot be.
    private func begin() async -> Bool {
        let (inputs, opened) = AsyncStream.makeStream(of: AsyncProducer.Input.self)
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        let task = Task { [producer] in
            defer { opened.finish() }
            try await producer.withTransaction { transaction in
                opened.yield(transaction.input)
                for await commits in ends where commits { return }
                throw Unwanted()
            }
        }
        let isWanted = state.withLock { state in
            (state.task, state.opened) = (task, opened)
            return !state.isOver
        }
        if !isWanted { task.cancel() }
        guard let input = await inputs.first(where: { _ in true }) else {
            let isOver = state.withLock { state in
                state.opened = nil
                return exchange(&state.isOver, with: true)
            }
            if !isOver, case .failure(let error) = await task.result { fail(error) }
            return false
        }
        let number = state.withLock { state in
            state.number += 1
            state.opened = nil
            state.open = Open(number: state.number, input: input, end: end, task: task)
            if state.isOver { _ = self.end(&state, commits: false) }
            return state.number
        }
        if let time = plan.time {
            let timer = Task { [self] in
                do { try await Task.sleep(for: time) } catch { return }
                state.withLock { state in
                    if state.open?.number == number { _ = self.end(&state, commits: true) }
                }
            }
            state.withLock { state in
                if state.open?.number == number { state.open?.timer = timer } else { timer.cancel() }
            }
        }
        return true
    }

    /// Ends what is open; returns what to wait for.
    private func end(_ state: inout State, commits: Bool) -> Task<Void, Never>? {
        guard let open = state.open.take() else { return state.ending }
        open.timer?.cancel()
        let ending = Task { [self] in await settle(open, commits: commits) }
        state.ending = ending
        return ending
    }

    /// Waits for the end of a transaction, in which all its records have their outcomes.
    private func settle(_ open: Open, commits: Bool) async {
        open.end.yield(commits)
        open.end.finish()
        let result = await open.task.result
        let succeeded = producer.statistics.succeeded
        let records = state.withLock { state in succeeded - exchange(&state.settled, with: succeeded) }
        switch result {
        case .success:
            await observer.committed(open.number, records: records)
            state.withLock { $0.counts.committed += 1 }
        case .failure(let error):
            let isUnknown = (error as? TransactionError)?.outcome == .unknown
            await observer.aborted(open.number, records: records, isUnknown: isUnknown)
            state.withLock { state in
                state.counts.aborted += 1
                state.isOver = true
            }
            if commits { fail(error) }
        }
        state.withLock { $0.ending = nil }
    }

    private func fail(_ error: any Error) {
        if let error = error as? TransactionError { onFailure(error) }
    }
}
