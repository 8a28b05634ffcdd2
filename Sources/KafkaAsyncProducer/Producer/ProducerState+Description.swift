// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer: CustomDebugStringConvertible {
    /// The whole state in some 30 lines, for people who look at a program that stands still: phase, account, budget, who
    /// waits, and the partitions that hold the oldest messages. No bytes of messages and no secrets.
    public var debugDescription: String {
        if core.isForked { return "AsyncProducer \(name): belongs to the parent of this process" }
        let now = Uptime.now
        var (lines, isClosed) = core.withState { ($0.description(of: name, at: now), $0.phase == .closed) }
        let threads = [isClosed ? nil : "kafka-driver", core.metadata.isRunning ? "kafka-metadata" : nil]
        lines.insert("threads: \(threads.compactMap { $0 }.joined(separator: ", "))", at: min(8, lines.count))
        return lines.joined(separator: "\n")
    }
}

extension ProducerState {
    /// How many partitions are told one by one.
    private static var toldQueues: Int { 16 }

    func description(of name: String, at now: Int64) -> [String] {
        let statistics = statistics
        let settings = settings
        var lines = [
            "AsyncProducer \(name): \(phase)\(isAbandoned ? ", abandoned" : "")"
                + (fatalError.map { ", fatal: \($0)" } ?? ""),
            "account: \(ledger.accepted) accepted = \(ledger.succeeded) succeeded + \(ledger.failed) failed"
                + " + \(ledger.inFlight) in flight",
            "budget: \(budget.messages) of \(budget.maximumMessages) messages, \(budget.bytes) of \(budget.maximumBytes) bytes",
            "unread: \(statistics.unreadSuccesses) successes, \(statistics.unreadErrors) errors; discarded "
                + "\(statistics.discardedSuccesses), dropped \(statistics.droppedErrors.values.reduce(0, +))",
            "readers of successes: \(successes.iterators), waiting \(successes.readers.count); of errors: waiting "
                + "\(errors.readers.count)",
            "waiting: \(senders.count) senders\(Self.text(since: senders.first?.since, now)), "
                + "\(closing.flushes.count) flushes\(Self.text(since: closing.flushes.first?.since, now)), "
                + "\(closing.waiters.count) closes\(Self.text(since: closing.started, now)); "
                + "\(scopes.count) delivery scopes; for a reader: \(readerWait)",
            "driver: \(phase == .closed ? "gone" : dispatch.isAsleep ? "asleep" : "at work"), next look "
                + "\(Self.text(until: dispatch.wakesAt, now)); asks \(dispatch.choosing.count) custom partitioners",
            "librdkafka: \(dispatch.hasNoClient ? "a client is being made, " : "")\(dispatch.givingWay) giving way; "
                + "\(dispatch.inside) batches, \(budget.leftBehind) bytes without messages, \(retiredClients) clients retired, \(restarts) restarted; "
                + "time-out \(settings.standard.timeout.map { "\($0 / 1_000_000) ms" } ?? "none"), linger \(settings.linger / 1_000) µs",
            "topics: \(topics.count), unknown \(dispatch.inquiry.unknown.count); asking \(dispatch.inquiry.isAsking), "
                + "probing \(dispatch.inquiry.isProbing) for \(dispatch.inquiry.quarantined.count) partitions",
        ]
        let busy = queues.indices.filter { !queues[$0].isEmpty || queues[$0].underWay > 0 }
        let told = busy.sorted { age(of: $0, now) > age(of: $1, now) }.prefix(Self.toldQueues)
        lines += told.map { describe($0, now) }
        if busy.count > told.count { lines.append("and \(busy.count - told.count) partitions more") }
        return lines
    }

    /// Since when a queue has had something, in nanoseconds.
    private func age(of queue: Int, _ now: Int64) -> Int64 {
        let oldest = queues[queue].waiting.first?.oldest ?? queues[queue].open?.opened ?? now
        return now - min(oldest, queues[queue].underWay > 0 ? queues[queue].handedOver : now)
    }

    private func describe(_ index: Int, _ now: Int64) -> String {
        let queue = queues[index]
        let place = queue.isParked ? "not known yet" : "[\(queue.partition)]"
        var text = "  \(topics[queue.topic].name) \(place): \(queue.waiting.count) batches wait"
        if queue.writer.count > 0 { text += ", \(queue.writer.count) messages in the open one" }
        if queue.underWay > 0 { text += ", \(queue.underWay) under way for \((now - queue.handedOver) / 1_000_000) ms" }
        text += ", oldest \(age(of: index, now) / 1_000_000) ms, leader \(queue.leader)"
        if queue.isQuarantined { text += ", until its leader answers" }
        return text
    }

    private static func text(since time: Int64?, _ now: Int64) -> String {
        time.map { " (for \(max(0, now - $0) / 1_000_000) ms)" } ?? ""
    }

    private static func text(until time: Int64, _ now: Int64) -> String {
        time == .max ? "when woken" : "in \(max(0, time - now) / 1_000_000) ms"
    }
}
