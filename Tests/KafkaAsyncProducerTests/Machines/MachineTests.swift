// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

@Suite struct FIFOTests {
    @Test func keepsOrderThroughPopsAndPrepends() {
        var queue = FIFO<Int>()
        var model: [Int] = []
        // A fixed walk through all operations, long enough to pass every compaction.
        for step in 0..<5_000 {
            switch (step * 7) % 11 {
            case 0...4:
                queue.append(step)
                model.append(step)
            case 5:
                queue.prepend(step)
                model.insert(step, at: 0)
            default: #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(queue.count == model.count && queue.first == model.first)
        }
        #expect(queue.removeAll() == model)
        #expect(queue.isEmpty)
    }
}

@Suite struct LedgerTests {
    private func accept(_ count: Int, _ ledger: inout Ledger) -> UInt8 {
        ledger.accept(count)
        return ledger.mark
    }

    @Test func anEpochIsSettledWhenItAndAllBeforeItAre() {
        var ledger = Ledger()
        let first = accept(10, &ledger)
        let firstFlush = ledger.endEpoch()
        let second = accept(5, &ledger)
        #expect(first != second)
        #expect(!ledger.isSettled(firstFlush))
        // Messages of a later epoch do not count for an earlier one.
        ledger.succeed(5, epoch: second)
        #expect(!ledger.isSettled(firstFlush))
        let secondFlush = ledger.endEpoch()
        ledger.succeed(9, epoch: first)
        #expect(!ledger.isSettled(firstFlush))
        #expect(!ledger.isSettled(secondFlush))
        ledger.fail(1, epoch: first, cause: .messageTimedOut)
        #expect(ledger.isSettled(firstFlush))
        #expect(ledger.isSettled(secondFlush))
        #expect((ledger.accepted, ledger.succeeded, ledger.failed, ledger.inFlight) == (15, 14, 1, 0))
        #expect(ledger.failedByCause == [.messageTimedOut: 1])
    }

    @Test func aFlushWithNothingNewDoesNotWaitForWhatComesLater() {
        var ledger = Ledger()
        let first = accept(1, &ledger)
        let firstFlush = ledger.endEpoch()
        let secondFlush = ledger.endEpoch()
        let later = accept(1, &ledger)
        #expect(!ledger.isSettled(secondFlush))
        ledger.succeed(1, epoch: first)
        #expect(ledger.isSettled(firstFlush) && ledger.isSettled(secondFlush))
        #expect(ledger.inFlight == 1)
        let thirdFlush = ledger.endEpoch()
        #expect(!ledger.isSettled(thirdFlush))
        ledger.succeed(1, epoch: later)
        #expect(ledger.isSettled(thirdFlush))
    }

    @Test func moreFlushesThanMarksNeverSettleEarly() {
        var ledger = Ledger()
        var open: [(mark: UInt8, flush: Int)] = []
        for _ in 0..<1_000 { open.append((accept(1, &ledger), ledger.endEpoch())) }
        for (index, entry) in open.enumerated() {
            #expect(!ledger.isSettled(entry.flush))
            ledger.succeed(1, epoch: entry.mark)
            if index == open.count - 1 { #expect(ledger.isSettled(entry.flush)) }
        }
        #expect(ledger.inFlight == 0)
    }
}

@Suite struct QueueTests {
    @Test func anIteratorThatNobodyAdvancesIsNoReader() {
        var queue = ErrorQueue<Int>(maximumCount: 3, maximumBytes: 100)
        let (first, second) = (Holder(), Holder())
        #expect(!queue.mayBeRead)
        queue.setReading(ObjectIdentifier(first))
        queue.setReading(ObjectIdentifier(second))
        queue.stopReading(ObjectIdentifier(first))
        #expect(queue.mayBeRead)
        queue.stopReading(ObjectIdentifier(second))
        #expect(!queue.mayBeRead)
    }

    private final class Holder {}

    @Test func tooManyErrorsDropTheOldest() {
        var queue = ErrorQueue<Int>(maximumCount: 3, maximumBytes: 100)
        func error(_ text: String) -> ProducerError {
            ProducerError(
                message: ProducerMessage(topic: "t", value: text),
                error: KafkaError(.messageTimedOut, text),
                persistence: .notPersisted
            )
        }
        let dropped = (0..<5).flatMap { queue.append(error("\($0)"), bytes: 10) }
        #expect(dropped.map(\.error.message) == ["0", "1"])
        #expect(queue.count == 3 && queue.dropped == [.messageTimedOut: 2])
        #expect(queue.append(error("large"), bytes: 95).count == 3)
        #expect(queue.takeAll().map(\.error.message) == ["large"])
        #expect(queue.dropped == [.messageTimedOut: 5] && queue.bytes == 0)
    }
}

@Suite struct ClosingMachineTests {
    private let start: Int64 = 1_000_000_000_000
    private let millisecond: Int64 = 1_000_000

    @Test func theEarliestDeadlineCountsAndItsGraceFollows() {
        var closing = Closing()
        closing.start(at: start)
        closing.shorten(deadline: start + 10_000 * millisecond)
        closing.shorten(deadline: start + 250 * millisecond)
        closing.shorten(deadline: start + 20_000 * millisecond)
        #expect(closing.nextDeadline(after: start) == start + 250 * millisecond)
        let drops = [249, 250].map { closing.isDropping(at: start + $0 * millisecond) }
        #expect(drops == [false, true])
        #expect(closing.nextDeadline(after: start + 250 * millisecond) == start + 1_250 * millisecond)
        #expect(!closing.isGraceOver(at: start + 1_249 * millisecond))
        #expect(closing.isGraceOver(at: start + 1_250 * millisecond))
        #expect(closing.nextDeadline(after: start + 1_250 * millisecond) == .max)
        let report = closing.report(Statistics(), at: start + 400 * millisecond)
        #expect(report.draining == .milliseconds(250) && report.purging == .milliseconds(150))
    }

    @Test func whatWasNeverDroppedHasNoTimeOfDropping() {
        var closing = Closing()
        closing.start(at: start)
        closing.shorten(deadline: start + 250 * millisecond)
        let report = closing.report(Statistics(), at: start + 100 * millisecond)
        #expect(report.draining == .milliseconds(100) && report.purging == .zero)
    }
}
