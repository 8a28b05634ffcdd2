// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension ModelAccount {
    /// Looks at the account again and again until it is cancelled: it adds up, and its counts never fall.
    func sample(_ producer: AsyncProducer) async {
        var last = producer.statistics
        while !Task.isCancelled {
            let now = producer.statistics
            check(now)
            let isGrowing =
                now.accepted >= last.accepted && now.succeeded >= last.succeeded && now.failed >= last.failed
                && now.discardedSuccesses >= last.discardedSuccesses && now.restarts >= last.restarts
                && now.committedTransactions >= last.committedTransactions
                && now.abortedTransactions >= last.abortedTransactions
                && now.unresolvedTransactions >= last.unresolvedTransactions
            expect(isGrowing, "a count fell, from \(last) to \(now)")
            last = now
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    /// What holds at every moment.
    func check(_ statistics: Statistics) {
        func sum(_ counts: [KafkaError.Code: Int]) -> Int { counts.values.reduce(0, +) }
        let isSound =
            statistics.isBalanced && statistics.inFlight >= 0 && statistics.succeeded >= 0 && statistics.failed >= 0
            && sum(statistics.failedByCause) == statistics.failed
            && statistics.bufferedMessages == statistics.inFlight + statistics.unreadSuccesses
            && statistics.bufferedBytes >= (statistics.bufferedMessages > 0 ? 1 : 0)
            && statistics.unreadErrors <= max(1, setting.returns.maximumErrors)
            && statistics.unreadErrors + sum(statistics.droppedErrors) <= statistics.failed
            && statistics.unreadSuccesses + statistics.discardedSuccesses <= statistics.succeeded
            && statistics.waitingSenders >= 0
            && (!setting.isTransactional || statistics.restarts == 0 && statistics.retiredClients == 0)
            && (setting.isTransactional || statistics.committedTransactions + statistics.abortedTransactions == 0)
        expect(isSound, "an unsound account: \(statistics)")
    }
}
