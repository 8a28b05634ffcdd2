// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

@Suite struct FIFOTests {
    @Test func keepsOrderThroughPopsPrependsAndRemovals() {
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
            case 6:
                let target = model.isEmpty ? -1 : model[model.count / 2]
                #expect(queue.removeFirst { $0 == target } == model.firstIndex(of: target).map { model.remove(at: $0) })
            default: #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(queue.count == model.count && queue.first == model.first)
        }
        #expect(queue.removeAll() == model)
        #expect(queue.isEmpty)
    }

    /// As a cancelled group of senders does. Moving all that is behind each would take a minute.
    @Test func removingInOrderCostsNothingForThoseBehind() {
        var queue = FIFO<(Int, String, String, String)>()
        for number in 0..<100_000 { queue.append((number, "", "", "")) }
        let start = ContinuousClock.now
        for number in 0..<100_000 {
            guard queue.removeFirst(where: { $0.0 == number }) != nil else {
                Issue.record("\(number) is missing")
                return
            }
        }
        #expect(queue.isEmpty)
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}

@Suite struct LedgerTests {
    @Test func anEpochIsSettledWhenItAndAllBeforeItAre() {
        var ledger = Ledger()
        let first = ledger.accept(10)
        let firstFlush = ledger.endEpoch()
        let second = ledger.accept(5)
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
        let first = ledger.accept(1)
        let firstFlush = ledger.endEpoch()
        let secondFlush = ledger.endEpoch()
        let later = ledger.accept(1)
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
        for _ in 0..<1_000 { open.append((ledger.accept(1), ledger.endEpoch())) }
        for (index, entry) in open.enumerated() {
            #expect(!ledger.isSettled(entry.flush))
            ledger.succeed(1, epoch: entry.mark)
            if index == open.count - 1 { #expect(ledger.isSettled(entry.flush)) }
        }
        #expect(ledger.inFlight == 0)
    }
}

@Suite struct SlotTableTests {
    @Test func aKeyIsGoodOnce() throws {
        var table = SlotTable()
        let first = table.insert(SlotTable.Content(metadata: 1))
        #expect(table.take(first)?.metadata as? Int == 1)
        #expect(table.take(first) == nil)
        let second = table.insert(SlotTable.Content(metadata: 2))
        #expect(second.index == first.index)
        // A report that came twice finds nothing, although the slot is in use again.
        #expect(table.take(first) == nil)
        #expect(table.take(second)?.metadata as? Int == 2)
        #expect(table.isEmpty)
    }

    @Test func theOpaqueCarriesEverything() {
        let key = SlotTable.Key(index: .max, generation: .max - 1)
        let opaque = Opaque(epoch: 200, isPartitionExplicit: true, .slot(key, isAwaited: true))
        let back = Opaque(rawValue: opaque.cValue)
        #expect(back.epoch == 200 && back.isPartitionExplicit && back.isAwaited && back.slot == key)
        let plain = Opaque(rawValue: Opaque(epoch: 7, isPartitionExplicit: true).cValue)
        #expect(plain.epoch == 7 && plain.slot == nil && !plain.isAwaited && plain.timestamp == nil)
        let headers = Opaque(rawValue: Opaque(epoch: 255, isPartitionExplicit: false, .headers(bytes: 1 << 40)).cValue)
        #expect(headers.headerBytes == 1 << 40 && headers.epoch == 255 && headers.slot == nil)
        let time = Int64(1) << 47
        let timed = Opaque(
            rawValue: Opaque(epoch: 0, isPartitionExplicit: false, .timestamp(milliseconds: time)).cValue
        )
        #expect(timed.timestamp?.millisecondsSinceEpoch == time && timed.headerBytes == 0 && timed.slot == nil)
    }

    @Test func batchesWithoutSlotsAndHeadersAreOfOneEpochOrLookedAt() {
        func epochOfAll(_ opaques: [Opaque]) -> UInt8? {
            let values = opaques.map(\.cValue)
            return Opaque.epochOfAll(
                union: values.reduce(0) { $0 | $1 },
                difference: values.reduce(0) { $0 | ($1 ^ values[0]) }
            )
        }
        let plain = Opaque(epoch: 7, isPartitionExplicit: false)
        let explicit = Opaque(epoch: 7, isPartitionExplicit: true)
        let timed = Opaque(epoch: 7, isPartitionExplicit: false, .timestamp(milliseconds: .max >> 16))
        let tags = (0..<3).map { Opaque(epoch: 7, isPartitionExplicit: false, .tag(Opaque.extraLimit - 1 - $0)) }
        #expect(epochOfAll([plain, explicit, timed, plain] + tags) == 7)
        #expect(epochOfAll([plain, Opaque(epoch: 8, isPartitionExplicit: false)]) == nil)
        #expect(epochOfAll([plain, Opaque(epoch: 7, isPartitionExplicit: false, .headers(bytes: 1))]) == nil)
        let slot = SlotTable.Key(index: 0, generation: 0)
        let withSlot = Opaque(epoch: 7, isPartitionExplicit: false, .slot(slot, isAwaited: false))
        #expect(epochOfAll([plain, withSlot]) == nil)
    }

    @Test func whatDoesNotFitTheOpaqueNeedsASlot() {
        let timestamp = Timestamp(millisecondsSinceEpoch: 1 << 48)
        let header = [RecordHeader("a", "b")]
        #expect(Opaque.extraWithoutSlot(for: ProducerMessage(topic: "t", value: "x")) == Opaque.Extra.none)
        #expect(
            Opaque.extraWithoutSlot(for: ProducerMessage(topic: "t", value: "x", headers: header))
                == .headers(bytes: 34)
        )
        #expect(Opaque.extraWithoutSlot(for: ProducerMessage(topic: "t", value: "x", timestamp: timestamp)) == nil)
        #expect(Opaque.extraWithoutSlot(for: ProducerMessage(topic: "t", value: "x", metadata: 1)) == nil)
        let both = ProducerMessage(topic: "t", value: "x", headers: header, timestamp: .init(millisecondsSinceEpoch: 5))
        #expect(Opaque.extraWithoutSlot(for: both) == nil)
    }
}

@Suite struct QueueTests {
    @Test func withoutAReaderTheLastTenThousandAreKept() {
        var queue = SuccessQueue<Int, Int>(policy: .automatic)
        var discarded = 0
        for batch in 0..<50 {
            queue.append(.init(batch: batch, start: 0, count: 1_000, bytes: 10))
            discarded += queue.trim().reduce(0) { $0 + $1.count }
        }
        #expect(queue.unreadCount == 10_000 && queue.unreadBytes == 100 && discarded == 40_000)
        queue.iteratorStarted()
        queue.append(.init(batch: 50, start: 0, count: 1_000, bytes: 10))
        #expect(queue.trim().isEmpty)
        #expect(queue.take()?.batch == 40)
    }

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
    private let start = Duration.seconds(1_000)

    @Test func theEarliestDeadlineTurnsLiftingIntoPurging() {
        var closing = Closing()
        closing.start(at: start)
        closing.shorten(deadline: start + .seconds(10))
        closing.shorten(deadline: start + .milliseconds(250))
        closing.shorten(deadline: start + .seconds(20))
        #expect(closing.step(at: start) == .lift(milliseconds: 100))
        #expect(closing.step(at: start + .milliseconds(200)) == .lift(milliseconds: 50))
        #expect(closing.step(at: start + .milliseconds(250)) == .purge(milliseconds: 100))
        #expect(!closing.isGraceOver(at: start + .milliseconds(1_249)))
        #expect(closing.isGraceOver(at: start + .milliseconds(1_250)))
        let report = closing.report(Statistics(), at: start + .milliseconds(400))
        #expect(report.draining == .milliseconds(250) && report.purging == .milliseconds(150))
    }

    /// Lifting linger would send what an abort is to drop.
    @Test func nothingIsLiftedWhileAnAbortIsUnderWay() {
        var closing = Closing()
        closing.purge = .running
        #expect(closing.step(at: start) == .rest(milliseconds: 100))
        closing.purge = .none
        #expect(closing.step(at: start) == .lift(milliseconds: 100))
        closing.purge = .requestedAgain
        closing.shorten(deadline: start + .milliseconds(50))
        #expect(closing.step(at: start) == .rest(milliseconds: 50))
        #expect(closing.step(at: start + .milliseconds(50)) == .purge(milliseconds: 100))
    }
}
