// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Takes lines, and answers for each once it is safe: in Kafka, in the dead-letter topic, or in the spool.
///
/// *Accepted means answered.* A caller who got no answer sends again. So a `kill -9` loses nothing that was accepted,
/// without a journal of everything: only what Kafka does not take is written to the disk.
final class Service: Sendable {
    struct Settings: Sendable {
        var topic = "orders"
        var deadLetterTopic = "orders.dead-letter"
        var policy = Policy()
        var stop = StopBudget(total: .seconds(10))
        /// Lines that wait for the disk. With as many the input waits, too: a full disk must not fill the memory.
        var maximumForSpool = 10_000
    }

    enum End { case inputEnded, stopped, fatal }

    let settings: Settings
    let spool: Spool
    /// Where the answers go: `NUMBER PLACE`, and for people what happened otherwise.
    let answer: @Sendable (_ lines: [String]) async -> Void
    let log: @Sendable (_ line: String) -> Void
    let ledger = Mutex(Ledger())
    /// Opened by whoever wants the service to end: see ``StopBudget``.
    let stop = Latch()
    private let configuration: AsyncProducer.Configuration
    private let producer = Mutex<AsyncProducer?>(nil)

    init(
        _ configuration: AsyncProducer.Configuration,
        settings: Settings = Settings(),
        spool: Spool,
        answer: @escaping @Sendable ([String]) async -> Void,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.configuration = configuration
        self.settings = settings
        self.spool = spool
        self.answer = answer
        self.log = log
    }

    /// Runs until the lines end or ``stop`` opens.
    ///
    /// - Returns: Whether everything that was taken is safe.
    func run(_ lines: Lines) async throws -> Bool {
        let loaded = try await spool.load()
        ledger.withLock { ledger in for record in loaded { ledger.replay(record) } }
        if !loaded.isEmpty { log("replaying \(loaded.count) lines of the spool") }
        let spooling = Task { await spoolNowAndThen(loaded: loaded.count) }
        defer { spooling.cancel() }

        var pause = Duration.seconds(1)
        var end = End.fatal
        while end == .fatal {
            // A new producer sends everything that is open, in a new generation of it.
            let producer = try await AsyncProducer(configuration)
            self.producer.withLock { $0 = producer }
            end = await Generation(producer: producer, service: self).run(lines)
            self.producer.withLock { $0 = nil }
            if end == .fatal {
                log("restarting in \(pause) after \(producer.fatalError.map { "\($0)" } ?? "a fatal error")")
                await pauseUnlessStopped(pause)
                // What is wrong for good, such as a missing permission, must not become a storm of connections.
                pause = min(pause * 2, .seconds(30))
            }
        }
        spooling.cancel()
        await spooling.value
        return await spoolTheRest(loaded: loaded.count)
    }

    /// The account of the producer at work and of the lines.
    var status: String {
        let lines = ledger.withLock { $0.description }
        guard let statistics = producer.withLock({ $0?.statistics }) else { return "\(lines); no producer" }
        return "\(lines); producer: accepted \(statistics.accepted), succeeded \(statistics.succeeded), "
            + "failed \(statistics.failed), in flight \(statistics.inFlight), "
            + "buffered \(statistics.bufferedBytes) bytes, senders waiting \(statistics.waitingSenders)"
    }

    /// Tells the callers that their lines are safe. Not before: the answer is the promise.
    func settle(_ items: [Item], _ place: Ledger.Place) async {
        ledger.withLock { ledger in for item in items { ledger.settle(item, place) } }
        let answers = items.filter { !$0.isReplayed }.map { "\($0.id) \(place.rawValue)" }
        if !answers.isEmpty { await answer(answers) }
    }

    private func pauseUnlessStopped(_ duration: Duration) async {
        await withTaskGroup { group in
            group.addTask { await self.stop.wait() }
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }
}
