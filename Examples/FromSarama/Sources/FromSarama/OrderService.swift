// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The port of `go/main.go`: sends orders until they end or somebody asks for the end.
///
/// Ask with `stop`, not by cancelling the task: cancellation would reach the readers too, and end them before the last
/// outcome.
struct OrderService: Sendable {
    struct Counts: Sendable, Equatable {
        var sent = 0
        var delivered = 0
        var failed = 0
    }

    let brokers: [String]

    func run<Orders: AsyncSequence<String, Never> & Sendable, Stop: AsyncSequence<Void, Never> & Sendable>(
        _ orders: Orders,
        stop: Stop
    ) async throws(KafkaError) -> Counts {
        var configuration = AsyncProducer.Configuration(bootstrapServers: brokers)
        configuration.returns.successes = .always
        let producer = try await AsyncProducer(configuration)
        // The wait group: the task group ends when all of its tasks have, and none is forgotten.
        return await withTaskGroup(of: Part.self) { group in
            group.addTask { .delivered(await readSuccesses(of: producer)) }
            group.addTask { .failed(await readFailures(of: producer)) }
            let sent = await select(orders, stop, producer)
            // As in Go: both streams end after the last outcome. `try await producer.close()` would do as well here, as it
            // leaves to readers what they read; it also has a deadline, which Go lacks.
            producer.asyncClose()
            var counts = Counts(sent: sent)
            for await part in group {
                switch part {
                case .delivered(let count): counts.delivered = count
                case .failed(let count): counts.failed = count
                }
            }
            return counts
        }
    }

    private enum Part: Sendable {
        case delivered(Int)
        case failed(Int)
    }

    /// The `select`: a task for each case, and the first that ends cancels the others.
    ///
    /// - Returns: How many orders were accepted.
    private func select<Orders: AsyncSequence<String, Never> & Sendable, Stop: AsyncSequence<Void, Never> & Sendable>(
        _ orders: Orders,
        _ stop: Stop,
        _ producer: AsyncProducer
    ) async -> Int {
        await withTaskGroup(of: Int.self) { cases in
            cases.addTask { await send(orders, to: producer) }
            cases.addTask {
                for await _ in stop { break }
                return 0
            }
            cases.addTask {
                while (try? await Task.sleep(for: .seconds(10))) != nil {
                    print("sent \(producer.statistics.accepted)")
                }
                return 0
            }
            let first = await cases.next() ?? 0
            cases.cancelAll()
            return await cases.reduce(first, +)
        }
    }

    private func send(_ orders: some AsyncSequence<String, Never>, to producer: AsyncProducer) async -> Int {
        var sent = 0
        // Cancellation ends both waits, for an order and, in `send`, for room. No inner `select` is needed.
        for await order in orders {
            let customer = String(order.prefix { $0 != ":" })
            let message = ProducerMessage(topic: "orders", key: customer, value: order, metadata: sent)
            do throws(KafkaError) {
                try await producer.input.send(message)
                sent += 1
            } catch {
                // Not accepted, so it comes in neither stream. In Go it would be an error there, or a panic after close.
                print("order \(sent) was not taken: \(error)")
                if error.code == .cancelled || error.isFatal { break }
            }
        }
        return sent
    }

    private func readSuccesses(of producer: AsyncProducer) async -> Int {
        var count = 0
        for await batch in producer.successes.batches { count += batch.count }
        return count
    }

    private func readFailures(of producer: AsyncProducer) async -> Int {
        var count = 0
        for await failure in producer.errors {
            count += 1
            print("order \(failure.message.metadata ?? "?"): \(failure.error)")
        }
        return count
    }
}
