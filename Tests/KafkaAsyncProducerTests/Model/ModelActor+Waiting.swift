// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension ModelActor {
    /// What a machine that is busy with other things may add to any wait.
    static let patience = Duration.seconds(6)

    func flush(_ deadline: Duration, _ producer: AsyncProducer) async {
        let accepted = producer.statistics.accepted
        let start = ContinuousClock.now
        do throws(KafkaError) {
            try await producer.flush(deadline: deadline)
            let statistics = producer.statistics
            account.expect(
                statistics.succeeded + statistics.failed >= accepted,
                "flush before \(accepted): \(statistics)"
            )
        } catch {
            let elapsed = ContinuousClock.now - start
            switch error.code {
            case .deadlineExceeded:
                account.expect(elapsed >= deadline - .milliseconds(2), "flush gave up after \(elapsed)")
            case .cancelled: account.expect(Task.isCancelled, "flush was cancelled by nobody")
            default: account.finding("flush threw \(error)")
            }
        }
        let elapsed = ContinuousClock.now - start
        account.expect(elapsed < max(deadline, .zero) + Self.patience, "flush(\(deadline)) took \(elapsed)")
    }

    func close(_ deadline: Duration?, _ producer: AsyncProducer) async {
        account.beginClosing()
        let start = ContinuousClock.now
        let result: Result<CloseReport, CloseError>
        do throws(CloseError) {
            result = .success(try await producer.close(deadline: deadline))
        } catch {
            result = .failure(error)
        }
        account.note(
            .init(
                result: result,
                deadline: deadline ?? .seconds(30),
                elapsed: ContinuousClock.now - start,
                isCancelled: Task.isCancelled
            )
        )
    }

    // MARK: Reading

    func read(_ reader: ModelReader, _ limit: Int, _ messages: [ModelMessage], _ producer: AsyncProducer) async {
        var rest = messages[...]
        var count = 0
        /// Goes on, or leaves half way.
        func step() async -> Bool {
            if let message = rest.popFirst() {
                // Somebody who waits for others in his loop over successes waits for himself.
                await perform(message.number.isMultiple(of: 3) ? .trySend(message) : .send(message), producer)
            }
            count += 1
            return count < limit
        }
        switch reader {
        case .successes:
            for await element in producer.successes {
                account.read(element)
                guard await step() else { return }
            }
        case .batches:
            for await batch in producer.successes.batches {
                account.expect(!batch.isEmpty, "an empty batch")
                for element in batch { account.read(element) }
                guard await step() else { return }
            }
        case .errors:
            for await error in producer.errors {
                account.read(error)
                guard await step() else { return }
            }
        }
        let isOver = Task.isCancelled || account.mayBeClosed
        account.expect(isOver, "a stream of \(reader) ended, and nobody closed it")
    }

    func idle(_ reader: ModelReader, _ duration: Duration, _ producer: AsyncProducer) async {
        switch reader {
        case .successes: await hold(producer.successes.makeAsyncIterator(), for: duration)
        case .batches: await hold(producer.successes.batches.makeAsyncIterator(), for: duration)
        case .errors: await hold(producer.errors.makeAsyncIterator(), for: duration)
        }
    }

    private func hold<Iterator: AsyncIteratorProtocol>(_ iterator: Iterator, for duration: Duration) async {
        try? await Task.sleep(for: duration)
        withExtendedLifetime(iterator) {}
    }
}
