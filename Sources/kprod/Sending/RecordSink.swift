// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Hands records to the producer one by one and counts them.
///
/// Belongs to the one task that feeds.
final class RecordSink {
    /// There is no sense in reading on; what became of the record in hand is accounted for.
    struct Closed: Error {}

    /// Where records go.
    enum Destination {
        /// Without a topic every record must name its own.
        case producer(AsyncProducer.Input, Topic?)
        /// Nowhere: they are looked at.
        case preview(RecordPreview)
    }

    private let destination: Destination
    private let defaults: RecordDefaults
    private let ledger: Ledger
    private let stop: StopSwitch
    private let log: OutcomeLog?
    private let onFirst: () -> Void
    private let leavesRecordsAlone: Bool
    /// Where records go that nothing has to be done to.
    private let direct: (input: AsyncProducer.Input, topic: Topic)?
    /// Whether ``remember(_:)`` is of use.
    let remembersInput: Bool
    private let checkpoint: Checkpoint?
    private var cursor: ResumeCursor?
    /// Which record of the input the one in hand is.
    private var mark: Checkpoint.Mark?
    /// What the record in hand was read from.
    private var raw: [UInt8]?
    private var tally = FeedTally()
    /// The input that is being read, and what its tags begin with.
    private var taggedSource: String?
    private var tagBase: UInt64?
    private var passedOver = 0
    private var pace: Pace?
    /// Whether there is no sense in reading on.
    private(set) var isClosed = false
    /// With whoever types the records, and wants to know of each before the next.
    var conversation: Conversation?

    init(
        _ destination: Destination,
        defaults: RecordDefaults,
        ledger: Ledger,
        stop: StopSwitch,
        log: OutcomeLog? = nil,
        onFirst: @escaping () -> Void
    ) {
        self.destination = destination
        self.defaults = defaults
        self.ledger = ledger
        self.stop = stop
        self.log = log
        self.onFirst = onFirst
        leavesRecordsAlone = defaults.leaveRecordsAlone && log == nil
        remembersInput = log?.deadLetters != nil
        checkpoint = log?.checkpoint
        pace = defaults.rate.map { Pace($0, now: .now) }
        if leavesRecordsAlone, pace == nil, case .producer(let input, let topic?) = destination {
            direct = (input, topic)
        } else {
            direct = nil
        }
    }

    /// Whether ``sendNow(key:value:at:)`` is of use: records are left as they are, and go out as soon as there is room.
    var sendsNow: Bool { direct != nil && conversation == nil }

    /// Sends one record if there is room for it; returns false, and has done nothing, when it has to wait.
    func sendNow(key: Span<UInt8>?, value: Span<UInt8>?, at place: Place) throws(Closed) -> Bool {
        guard let (input, topic) = direct else { return false }
        if isPassedOver() { return true }
        do throws(KafkaError) {
            let (partition, tag) = (defaults.partition, tag(of: place))
            let result = try input.trySend(to: topic, partition: partition, key: key, value: value, tag: tag)
            guard result == .accepted else { return false }
            count()
            tally.acceptedBytes += (key?.count ?? 0) + (value?.count ?? 0)
        } catch {
            count()
            try refused(error, at: place)
        }
        try checkLimit()
        return true
    }

    /// Sends one record; suspends while there is no room, or until it is its turn.
    ///
    /// Bytes go to the client as they are lent; only what C cannot carry as it is needs a message of its own.
    func send(key: Span<UInt8>?, value: Span<UInt8>?, at place: Place) async throws(Closed) {
        guard leavesRecordsAlone else {
            return try await send(InputRecord(key: [UInt8](copying: key), value: [UInt8](copying: value)), at: place)
        }
        if isPassedOver() { return }
        let size = (key?.count ?? 0) + (value?.count ?? 0)
        if pace != nil { try await waitForTurn(size) }
        count()
        do throws(KafkaError) {
            switch destination {
            case .producer(let input, let topic?):
                let (partition, tag) = (defaults.partition, tag(of: place))
                try await input.send(to: topic, partition: partition, key: key, value: value, tag: tag)
            case .producer(_, nil): throw KafkaError(.invalidTopic, Self.noTopic)
            case .preview(let preview):
                var record = InputRecord(key: [UInt8](copying: key), value: [UInt8](copying: value))
                record.partition = defaults.partition
                try preview.add(record, at: place)
            }
            tally.acceptedBytes += size
            if conversation != nil { await waitForAnswer() }
        } catch {
            try refused(error, at: place)
        }
        try checkLimit()
    }

    /// Sends one record that says more than its key and its value.
    func send(_ record: InputRecord, at place: Place) async throws(Closed) {
        if isPassedOver() || isDone(place) { return }
        let complete: InputRecord
        do throws(FieldEncoding.Invalid) {
            complete = try defaults.applied(to: record)
        } catch {
            return try report(error.reason, at: place)
        }
        let size = (complete.key?.count ?? 0) + (complete.value?.count ?? 0)
        if pace != nil { try await waitForTurn(size) }
        await log?.waitForRoom()
        count()
        do throws(KafkaError) {
            switch destination {
            case .producer(let input, let topic): try await send(complete, size, to: input, topic, at: place)
            case .preview(let preview): try preview.add(complete, at: place)
            }
            tally.acceptedBytes += size
            if conversation != nil { await waitForAnswer() }
        } catch {
            try refused(error, at: place)
        }
        try checkLimit()
    }

    /// What a record is read from, for its dead letter; to be told before each record.
    func remember(_ input: Span<UInt8>) { raw = [UInt8](copying: input) }

    /// A record that cannot be sent.
    func refuse(_ error: KafkaError, at place: Place) throws(Closed) {
        if isPassedOver() || isDone(place) { return }
        count()
        log?.refused(error, origin(place))
        try refused(error, at: place)
        try checkLimit()
    }

    /// A piece of input that is no record, and why; it may be a dead letter already.
    func unparsable(_ reason: String, at place: Place, letter: [UInt8]? = nil) throws(Closed) {
        if isPassedOver() || isDone(place) { return }
        try report(reason, at: place, letter: letter)
    }

    private func report(_ reason: String, at place: Place, letter: [UInt8]? = nil) throws(Closed) {
        count()
        log?.refused(KafkaError(.invalidMessage, reason), origin(place), letter: letter)
        if !ledger.unparsable(reason, at: place.text) { throw close() }
        try checkLimit()
    }

    /// A record that is not one.
    func skip(at place: Place) {
        if isDone(place) { return }
        if let mark = mark.take() { checkpoint?.settle(mark) }
        skip()
    }

    /// Begins an input; returns where, if it can be read from any place on.
    func begin(_ input: Int, canSeek: Bool) -> Position {
        guard let (start, cursor) = checkpoint?.begin(input, canSeek: canSeek) else { return Position() }
        self.cursor = cursor
        return start
    }

    /// All of an input was read.
    func finish(_ input: Int) {
        if let cursor { checkpoint?.finish(input, total: cursor.number) }
    }

    /// Whether an earlier run is done with the record at `place`.
    private func isDone(_ place: Place) -> Bool {
        guard let step = cursor?.next(endingAt: place.end ?? Position(byte: place.offset, line: place.line))
        else {
            return false
        }
        switch step {
        case .send(let mark):
            self.mark = mark
            return false
        case .settle(let mark):
            checkpoint?.settle(mark)
            return true
        case .pass: return true
        }
    }

    private func skip() {
        tally.read += 1
        tally.skipped += 1
        raw = nil
        conversation?.skipped()
    }

    private static let noTopic = "names no topic; give one with -t"

    private func send(
        _ record: InputRecord,
        _ size: Int,
        to input: AsyncProducer.Input,
        _ topic: Topic?,
        at place: Place
    ) async throws(KafkaError) {
        guard let topic = record.topic.map({ Topic($0) }) ?? topic else {
            let error = KafkaError(.invalidTopic, Self.noTopic)
            log?.refused(error, origin(place))
            throw error
        }
        var message = record.message(to: topic)
        guard let log else {
            message.metadata = tag(of: place)
            return try await input.send(message)
        }
        message.metadata = origin(place)
        do throws(KafkaError) {
            if let limit = defaults.maximumBytes, size > limit {
                let text =
                    "a record of \(NumberText.grouped(size)) bytes is over the limit of \(NumberText.grouped(limit))"
                throw KafkaError(.messageTooLarge, text)
            }
            try await input.send(message)
        } catch {
            log.failed(ProducerError(message: message, error: error, persistence: .notPersisted))
            throw error
        }
    }

    /// What says where a record that failed was read.
    private func tag(of place: Place) -> UInt64? {
        if place.source != taggedSource {
            taggedSource = place.source
            tagBase = ledger.tags.base(of: place.source)
        }
        return PlaceTags.tag(tagBase, line: place.line)
    }

    /// Which record this is; what it was read from is needed no longer.
    private func origin(_ place: Place) -> Origin {
        Origin(sequence: tally.read - tally.skipped, place: place, raw: raw.take(), mark: mark.take())
    }

    /// Whoever types the records sees what became of one before the next.
    private func waitForAnswer() async {
        publish()
        await conversation?.waitForAnswer()
    }

    /// Lets others see the counts; now and then, and at the end.
    func publish() { ledger.publish(tally) }

    private func count() {
        tally.read += 1
        if tally.read - tally.skipped == 1 { onFirst() }
    }

    /// The first records may be unwanted.
    private func isPassedOver() -> Bool {
        if passedOver == defaults.skip { return false }
        passedOver += 1
        skip()
        return true
    }

    private func waitForTurn(_ size: Int) async throws(Closed) {
        guard let wait = pace?.wait(for: size, now: .now) else { return }
        publish()
        await stop.sleep(for: wait)
        // Not counted: the record has not left the input.
        if stop.isOn { throw close() }
    }

    private func refused(_ error: KafkaError, at place: Place) throws(Closed) {
        let goesOn = ledger.refused(error, at: place.text)
        if !goesOn || error.isFatal || error.code == .cancelled || error.code == .closed { throw close() }
    }

    private func checkLimit() throws(Closed) {
        if let limit = defaults.limit, tally.read - tally.skipped >= limit { throw close() }
    }

    private func close() -> Closed {
        isClosed = true
        return Closed()
    }
}

/// Where a run's records come from.
protocol RecordFeed: Sendable {
    /// Hands over every record, and returns early when the switch is turned on. Returns what is wrong with the input.
    func run(into sink: RecordSink, until stop: StopSwitch) async -> [ToolError]
}
