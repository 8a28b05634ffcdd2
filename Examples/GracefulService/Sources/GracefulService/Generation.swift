// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The life of one producer: from the first line to its close, be that the end of the service or a fatal error.
struct Generation: Sendable {
    let producer: AsyncProducer
    let service: Service
    /// Opened when the producer has stopped for good.
    private let fatal = Latch()

    init(producer: AsyncProducer, service: Service) {
        self.producer = producer
        self.service = service
    }

    func run(_ lines: Lines) async -> Service.End {
        // Readers first, and both to the last outcome: what they do not see stays open, and goes to the spool.
        let successes = Task { await readSuccesses() }
        let failures = Task { await readFailures() }
        let end = await withTaskGroup(of: Service.End.self) { group in
            group.addTask { await feed(lines) }
            group.addTask {
                await service.stop.wait()
                return .stopped
            }
            group.addTask {
                await fatal.wait()
                return .fatal
            }
            let end = await group.next() ?? .stopped
            // The input stops: a line that nobody has taken yet stays with whoever wrote it.
            group.cancelAll()
            return end
        }
        if end == .stopped {
            service.log("stopping: \(producer.inFlightCount) messages in flight")
            try? await producer.flush(deadline: service.settings.stop.flush)
        }
        do {
            try await producer.close(deadline: service.settings.stop.close)
        } catch .deadlineExceeded(let unreported, _) {
            // The streams end later, and nobody can wait for that: what is open may be in the log.
            service.log("\(unreported) messages have no outcome yet")
            service.ledger.withLock { $0.markOpenAsPossiblyInLog() }
            successes.cancel()
            failures.cancel()
        } catch {
            // Failures that no reader has taken: they are open in the ledger all the same.
        }
        await successes.value
        await failures.value
        return end
    }

    /// Sends what is open, then line after line.
    private func feed(_ lines: Lines) async -> Service.End {
        for item in service.ledger.withLock({ $0.unsent }) { await send(item) }
        while await hasRoomToSpool(), let text = await lines.next() {
            await send(service.ledger.withLock { $0.take(text) })
        }
        // The end of the lines is not the end of the work: retries may be under way.
        while !Task.isCancelled, !service.ledger.withLock({ $0.open.isEmpty }) {
            try? await producer.flush(deadline: .seconds(1))
            try? await Task.sleep(for: .milliseconds(20))
        }
        return .inputEnded
    }

    /// Waits for room; false when the task is cancelled.
    private func hasRoomToSpool() async -> Bool {
        while !Task.isCancelled {
            if service.ledger.withLock({ $0.forSpool.count < service.settings.maximumForSpool }) { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private func send(_ item: Item) async {
        service.ledger.withLock { _ = $0.keep(item) }
        let message = item.message(topic: service.settings.topic, deadLetterTopic: service.settings.deadLetterTopic)
        do {
            // Waits while the buffer is full, and with it the input: that is the back-pressure.
            try await producer.input.send(message)
        } catch {
            if error.isFatal { fatal.open() }
            // Closed or cancelled on the way to the end: it stays open.
            if error.isFatal || error.code == .closed || error.code == .cancelled { return }
            await handle(ProducerError(message: message, error: error, persistence: .notPersisted), of: item)
        }
    }

    private func readSuccesses() async {
        // A batch at a time: one answer for all of its lines.
        for await batch in producer.successes.batches {
            let items = batch.compactMap { $0.metadata as? Item }
            await service.settle(items.filter { $0.rejection == nil }, .delivered)
            await service.settle(items.filter { $0.rejection != nil }, .deadLettered)
        }
    }

    private func readFailures() async {
        for await failure in producer.errors {
            if let item = failure.message.metadata as? Item { await handle(failure, of: item) }
            if producer.fatalError != nil { fatal.open() }
        }
    }

    private func handle(_ failure: ProducerError, of item: Item) async {
        var item = item
        if failure.persistence == .possiblyPersisted { item.mayBeInLog = true }
        let isEnding = service.stop.isOpen || producer.fatalError != nil
        switch service.settings.policy.verdict(on: failure, of: item, isEnding: isEnding) {
        case .delivered:
            await service.settle([item], item.rejection == nil ? .delivered : .deadLettered)
        case .keep:
            service.ledger.withLock { _ = $0.keep(item) }
        case .retry:
            item.attempts += 1
            await send(item)
        case .deadLetter:
            item.rejection = failure.error.name
            item.attempts = 1
            // What may be in the log is not said of this topic.
            item.mayBeInLog = false
            await send(item)
        case .spool:
            service.ledger.withLock { $0.markForSpool(item) }
        }
    }
}
