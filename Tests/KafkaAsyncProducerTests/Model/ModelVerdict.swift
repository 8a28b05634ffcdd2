// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// Compares what was told with the reference: what must have come of each message.
struct ModelVerdict {
    let plan: ModelPlan
    let account: ModelAccount
    let book: ModelAccount.Book

    init(_ plan: ModelPlan, _ account: ModelAccount) {
        self.plan = plan
        self.account = account
        for (number, end) in account.contents.transactions { account.deliveredInTransaction(number, end) }
        book = account.contents
    }

    func judge(_ statistics: Statistics?, log: [MockRecord]) {
        for element in book.kept { account.check(element) }
        for (number, entry) in book.entries { judge(number, entry) }
        judgeClosings()
        judgeTransactions(statistics)
        if let statistics { judge(statistics) }
        judgeLog(log)
        if !plan.disturbsOrder { judgeOrder(log) }
        judgePartitions(log)
    }

    /// Exactly one for each that was accepted, none for others; and one that can be.
    private func judge(_ number: Int, _ entry: ModelAccount.Entry) {
        guard let sent = account.message(number) else { return }
        let limit = entry.isAccepted == true && !entry.isSilent ? 1 : 0
        account.expect(
            entry.outcomes.count <= limit,
            "\(entry.isAccepted.map { $0 ? "accepted" : "refused" } ?? "never sent"), outcomes \(entry.outcomes): \(sent)"
        )
        for outcome in entry.outcomes {
            switch outcome {
            case .delivered(let partition, _):
                account.expect(isDeliverable(sent), "delivered to \(partition), which cannot be: \(sent)")
            case .failed(let code, let persistence):
                account.expect(isPossible(code, sent, entry.origin), "no reason for \(code), \(entry.reason): \(sent)")
                let isDropped = [.purgedFromQueue, .purgedInFlight, .outOfOrderSequenceNumber].contains(code)
                account.expect(
                    !isDropped || mayDrop(entry.origin) || persistence == .possiblyPersisted,
                    "\(code), not persisted: a fatal error alone drops none: \(sent)"
                )
                account.expect(persistence != .persisted || isDeliverable(sent), "\(code), \(persistence): \(sent)")
            }
        }
    }

    private func isDeliverable(_ sent: ModelMessage) -> Bool {
        guard let count = plan.setting.partitions(of: sent.message.topic.name) else { return false }
        if sent.payload > plan.setting.largestMessage { return false }
        return sent.message.partition.map { Int($0) < count } ?? true
    }

    /// Whether the plan holds a reason for a failure.
    private func isPossible(_ code: KafkaError.Code, _ sent: ModelMessage, _ origin: ModelOrigin) -> Bool {
        let faults = plan.disturbances
        switch code {
        case .purgedFromQueue, .purgedInFlight: return mayDrop(origin) || plan.hasFatalErrors
        case .outOfOrderSequenceNumber: return plan.hasFatalErrors || plan.mayLeaveGaps
        case .fenced: return plan.mayBeFatal
        case .messageTimedOut: return plan.setting.timeout < .seconds(300) || !isDeliverable(sent)
        case .messageTooLarge: return sent.payload + 100 > plan.setting.largestMessage || plan.pushes(code)
        case .unknownPartition:
            // A topic that a broker has forbidden has no partitions for librdkafka until it is asked for again.
            let isHidden = faults.contains { if case .hide = $0 { true } else { false } }
            return !isDeliverable(sent) || plan.pushes(.topicAuthorizationFailed) || isHidden
        case .unknownTopic, .unknownTopicOrPartition:
            let isHidden = faults.contains { if case .hide(sent.message.topic.name) = $0 { true } else { false } }
            return sent.message.topic.name == ModelSetting.missingTopic || isHidden || plan.pushes(code)
        // A client in which others ran out of time gives way with what it has under way.
        case .unconfirmed:
            return !faults.isEmpty || plan.hasFatalErrors || mayDrop(origin) || plan.setting.timeout < .seconds(300)
        default: return plan.pushes(code)
        }
    }

    /// Whether a message may have been dropped: a transaction that is not committed drops its own.
    private func mayDrop(_ origin: ModelOrigin) -> Bool { mayPurge || origin.transaction.map(isLost) ?? false }

    /// Whether anything drops messages: an abort, a deadline, a cancelled close, the loss of the last reference.
    private var mayPurge: Bool {
        func isPurge(_ action: ModelAction) -> Bool {
            switch action {
            case .abort: true
            case .close(let deadline): plan.cancelsActors || (deadline ?? .seconds(30)) < .seconds(5)
            case .cancelled(let action, _): if case .close = action { true } else { isPurge(action) }
            default: false
            }
        }
        return plan.ending == .drop || plan.ending == .scope && plan.cancelsActors
            || plan.actions.contains(where: isPurge)
            || plan.ending == .close
                && (plan.isEndingDisturbed || plan.deadlines.contains { ($0 ?? .seconds(30)) < .seconds(5) })
    }

    // MARK: The account

    private func judge(_ statistics: Statistics) {
        var (accepted, succeeded, silent, scoped) = (0, 0, 0, 0)
        var failed: [KafkaError.Code: Int] = [:]
        for entry in book.entries.values where entry.isAccepted == true {
            accepted += 1
            let isUntold = entry.isScoped && entry.outcomes.isEmpty
            if isUntold { scoped += 1 }
            if entry.isSilent || isUntold { silent += 1 }
            switch entry.outcomes.first {
            case .delivered?: succeeded += 1
            case .failed(let code, _)?: failed[code, default: 0] += 1
            case nil: break
            }
        }
        let dropped = statistics.droppedErrors.values.reduce(0, +)
        let told = succeeded + failed.values.reduce(0, +)
        let isSettled =
            statistics.accepted == accepted && statistics.inFlight == 0 && statistics.bufferedMessages == 0
            && statistics.bufferedBytes == 0 && statistics.waitingSenders == 0 && statistics.unreadSuccesses == 0
            && statistics.unreadErrors == 0
        account.expect(isSettled, "not settled, \(accepted) were accepted: \(statistics)")
        // What a scope gave up may have failed and been dropped from the errors.
        account.expect(
            (0...min(dropped, scoped)).contains(told + statistics.discardedSuccesses + dropped + silent - accepted),
            "\(accepted) accepted, \(told) told, \(silent) silent: \(statistics)"
        )
        let missing = statistics.succeeded - succeeded - statistics.discardedSuccesses
        account.expect((0...silent).contains(missing), "\(succeeded) successes told, \(silent) silent: \(statistics)")
        for (code, count) in statistics.failedByCause {
            let known = failed[code, default: 0] + statistics.droppedErrors[code, default: 0]
            account.expect((known...known + silent).contains(count), "\(known) of \(code) told: \(statistics)")
        }
        if plan.setting.returns.successes == .never {
            account.expect(succeeded <= delivers, "elements, wanted by nobody")
        }
    }

    /// Messages whose outcome is told to whoever sent them.
    private var delivers: Int {
        func count(_ action: ModelAction) -> Int {
            switch action {
            case .deliver, .submit, .deliverAll, .scope: action.messages.count
            case .cancelled(let action, _): count(action)
            default: 0
            }
        }
        return plan.actions.reduce(0) { $0 + count($1) }
    }

    // MARK: Closing

    private func judgeClosings() {
        for closing in book.closings {
            account.expect(
                closing.elapsed < max(closing.deadline, .zero) + .seconds(7),
                "close(\(closing.deadline)) took \(closing.elapsed)"
            )
            switch closing.result {
            case .success(let report):
                account.check(report.statistics)
                account.expect(report.statistics.inFlight == 0, "closed with \(report.statistics)")
                // Whether somebody read them shows in the account at the end.
                account.expect(report.statistics.droppedErrors.isEmpty, "a good close with \(report.statistics)")
            case .failure(.undelivered(let errors)):
                account.check(errors.report.statistics)
                let isAnything = !errors.errors.isEmpty || !errors.report.statistics.droppedErrors.isEmpty
                account.expect(isAnything, "undelivered, but nothing")
            case .failure(let error): account.finding("close(\(closing.deadline)): \(error)")
            }
        }
        let texts = Set(book.closings.map { Self.text($0.result) })
        account.expect(texts.count <= 1, "closes with different results: \(texts)")
    }

    private static func text(_ result: Result<CloseReport, CloseError>) -> String {
        switch result {
        case .success(let report): "\(report)"
        case .failure(.undelivered(let errors)): "\(errors.errors.count) \(errors.report)"
        case .failure(let error): "\(error)"
        }
    }
}
