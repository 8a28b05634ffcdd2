// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Lines in, records out, until somebody asks for the end.
struct Server: Sendable {
    struct Result: Sendable {
        let reason: StopRequests.Request
        /// Whether every line that was taken has been delivered, or its failure told to the client.
        let isComplete: Bool
        let statistics: Statistics?
    }

    let shared: Shared
    let slots: [WorkerSlot]

    init(
        _ producer: AsyncProducer,
        topic: Topic,
        listeners: [Listener],
        limits: Limits,
        folder: String
    ) throws(ServerError) {
        shared = try Shared(producer, topic: topic, listeners: listeners, limits: limits)
        var slots: [WorkerSlot] = []
        for _ in 0..<limits.workers { slots.append(try .acquire(in: folder)) }
        self.slots = slots
    }

    /// Serves until somebody asks for the end; a second request, or the end of the time to drain, cuts it short.
    func run() async -> Result {
        async let successes: Void = shared.answerSuccesses()
        async let failures: Void = shared.answerFailures()
        async let served: Void = serve()
        let reason = await nextRequest() ?? .quit
        shared.tellAll(.drain)
        let patience = Task { await abandonLater() }
        await served
        patience.cancel()
        let isComplete = shared.producer.inFlightCount == 0
        // Nobody is there any more to be told: what is still under way gets a moment, and is then counted as failed.
        let report: CloseReport?
        do throws(CloseError) {
            report = try await shared.producer.close(deadline: .seconds(2))
        } catch {
            report = error.report
        }
        await successes
        await failures
        return Result(reason: reason, isComplete: isComplete, statistics: report?.statistics)
    }

    private func nextRequest() async -> StopRequests.Request? {
        var requests = shared.stops.stream.makeAsyncIterator()
        return await requests.next()
    }

    private func abandonLater() async {
        // Whichever comes first.
        await withTaskGroup { group in
            group.addTask { try? await Task.sleep(for: shared.limits.drain) }
            group.addTask { _ = await nextRequest() }
            await group.next()
            group.cancelAll()
        }
        shared.tellAll(.abandon)
    }

    private func serve() async {
        await withTaskGroup { group in
            for (index, slot) in slots.enumerated() {
                group.addTask {
                    await onThread("worker-\(slot.worker)") { Worker(shared, index: index, slot: slot).run() }
                }
            }
        }
    }
}

/// Runs `body`, which may wait as long as it likes, on a thread of its own.
func onThread(_ name: String, _ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        let thread = Thread {
            body()
            continuation.resume()
        }
        thread.name = name
        thread.start()
    }
}
