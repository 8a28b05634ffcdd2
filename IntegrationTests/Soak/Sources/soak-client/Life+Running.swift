// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What a life did that it must not.
struct LifeError: Error, CustomStringConvertible {
    let description: String
}

extension Life {
    /// Lives it, and throws when the account at its end is not what it must be.
    func run(_ base: AsyncProducer.Configuration, _ watch: Watch) async throws {
        var configuration = base
        configuration.returns.successes = returns
        configuration.buffering.maximumMessages = needsRoom ? max(room, 2 * count) : room
        if ending == .dropped {
            return try await runDropped(configuration, watch)
        }
        let producer = try await AsyncProducer(configuration)
        watch.begin(self, producer)
        defer { watch.end(number) }
        let (begins, begin) = AsyncStream.makeStream(of: Void.self)
        let reader = Task { await read(producer) { begin.finish() } }
        do {
            try await send(producer)
            // What nobody reads is drained by `close`: a task that has not got that far is nobody.
            if readsAll { for await _ in begins {} }
            if readsUntilCount { _ = await reader.value }
            try await end(producer)
        } catch {
            producer.asyncClose()
            _ = await reader.value
            throw error
        }
        let seen = await reader.value
        try judge(producer.statistics, seen: seen)
    }

    /// The last reference goes with messages under way; the streams end all the same.
    private func runDropped(_ configuration: AsyncProducer.Configuration, _ watch: Watch) async throws {
        defer { watch.end(number) }
        let (successes, errors) = try await sendAndDrop(configuration, watch)
        let succeeded = Task { await Self.count(successes) }
        let failed = await Self.count(errors)
        let told = await succeeded.value + failed
        let isAll = returns == .always && sending != .deliver
        if isAll ? told != count : told > count { throw LifeError(description: "\(told) outcomes") }
    }

    private func sendAndDrop(
        _ configuration: AsyncProducer.Configuration,
        _ watch: Watch
    ) async throws -> (AsyncProducer.Successes, AsyncProducer.Errors) {
        let producer = try await AsyncProducer(configuration)
        watch.begin(self, producer)
        try await send(producer)
        return (producer.successes, producer.errors)
    }

    private static func count(_ elements: some AsyncSequence<some Sendable, Never> & Sendable) async -> Int {
        var count = 0
        for await _ in elements { count += 1 }
        return count
    }

    private func judge(_ statistics: Statistics, seen: Int) throws {
        let isSettled =
            statistics.isBalanced && statistics.accepted == count && statistics.inFlight == 0
            && statistics.bufferedMessages == 0 && statistics.bufferedBytes == 0
        if !isSettled || !drops && statistics.failed > 0 { throw LifeError(description: "\(statistics)") }
        // A reader that starts before the first send sees all of them.
        let isSeen = !readsAll || seen == statistics.succeeded
        if !isSeen { throw LifeError(description: "\(seen) seen of \(statistics)") }
    }

    // MARK: Sending

    private func send(_ producer: AsyncProducer) async throws {
        let topic = Topic("soak")
        let value = [UInt8](repeating: UInt8(ascii: "v"), count: 100)
        switch sending {
        case .each: for _ in 0..<count { try await producer.input.send(ProducerMessage(topic: topic, value: value)) }
        case .borrowed: try await sendBorrowed(value, to: topic, producer)
        case .array:
            for start in stride(from: 0, to: count, by: 1_000) {
                let messages = (start..<min(start + 1_000, count)).map { _ in
                    ProducerMessage(topic: topic, value: value)
                }
                try await producer.input.send(contentsOf: messages)
            }
        case .sequence:
            let messages = (0..<count).lazy.map { _ in ProducerMessage(topic: topic, value: value) }
            try await producer.input.send(contentsOf: messages)
        case .trying:
            for _ in 0..<count {
                let message = ProducerMessage(topic: topic, value: value)
                if try producer.input.trySend(message) != .accepted { try await producer.input.send(message) }
            }
        case .deliver:
            try await withThrowingDiscardingTaskGroup { group in
                for number in 0..<count {
                    group.addTask {
                        _ = try await producer.deliver(ProducerMessage(topic: topic, key: "\(number)", value: value))
                    }
                }
            }
        case .keyed:
            for number in 0..<count {
                try await producer.input.send(
                    ProducerMessage(topic: topic, key: "\(number)", value: value, metadata: number)
                )
            }
        }
    }

    private func sendBorrowed(_ value: [UInt8], to topic: Topic, _ producer: AsyncProducer) async throws {
        for _ in 0..<count { try await producer.input.send(to: topic, value: value.span) }
    }

    // MARK: Reading

    /// Returns how many successes it saw; calls `begin` when it is a reader.
    private func read(_ producer: AsyncProducer, _ begin: () -> Void) async -> Int {
        var seen = 0
        switch reading {
        case .elements:
            var iterator = producer.successes.makeAsyncIterator()
            begin()
            while await iterator.next() != nil { seen += 1 }
        case .batches:
            var iterator = producer.successes.batches.makeAsyncIterator()
            begin()
            while let batch = await iterator.next() { seen += batch.count }
        case .twice:
            begin()
            for await _ in producer.successes {
                seen += 1
                if seen == max(1, count / 2) { break }
            }
            if readsUntilCount, seen == count { return seen }
            for await _ in producer.successes {
                seen += 1
                if readsUntilCount, seen == count { break }
            }
        case .first:
            let kept = await producer.successes.first { _ in true }
            if kept?.value?.count == 100 { seen = 1 }
        case .errors: for await _ in producer.errors {}
        case .nobody: break
        }
        return seen
    }

    // MARK: Ending

    private func end(_ producer: AsyncProducer) async throws {
        switch ending {
        case .close, .dropped: break
        // Both streams end by themselves; what no reader takes is drained by the close below.
        case .asyncClose: producer.asyncClose()
        case .flushed: try await producer.flush()
        case .aborted: producer.abort()
        case .atOnce:
            // What is left is dropped at once, with an outcome each.
            _ = try? await producer.close(deadline: .zero)
            return
        }
        do {
            try await producer.close()
        } catch {
            if drops, case .undelivered = error { return }
            throw error
        }
    }
}
