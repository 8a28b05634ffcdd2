// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Hands records to the producer one by one and counts them: the one way there is.
///
/// Belongs to the one task that feeds.
final class RecordSink: RecordTaker {
    /// Where records go.
    enum Destination {
        /// Without a topic every record must name its own.
        case producer(AsyncProducer.Input, Topic?, FailureGate)
        /// Nowhere: they are looked at.
        case preview(RecordPreview)
    }

    private let destination: Destination
    private let defaults: RecordDefaults
    private let ledger: Ledger
    private let stop: StopSwitch
    private let recorder: (any OutcomeRecorder)?
    private let keeper: (any ProgressKeeper)?
    /// Nil sends outside of transactions.
    private let transactions: Transactions?
    private let onReady: @Sendable () -> Void
    /// Where records go that nothing has to be done to; an object, so that nothing is counted when it is looked at.
    private final class Direct {
        let input: AsyncProducer.Input
        let topic: Topic
        let gate: FailureGate

        init(_ input: AsyncProducer.Input, _ topic: Topic, _ gate: FailureGate) {
            self.input = input
            self.topic = topic
            self.gate = gate
        }
    }

    private let direct: Direct?
    private var cursor: ResumeCursor?
    /// Those of other inputs that were begun and are still read.
    private var cursors: [Int: ResumeCursor] = [:]
    /// Which record of the input the one in hand is.
    private var mark: Mark?
    /// What the record in hand was read from.
    private var raw: [UInt8]?
    private var tally = FeedTally()
    /// The input that is being read, and what its tags begin with.
    private var taggedSource: String?
    private var tagBase: UInt64?
    private var passedOver = 0
    private var pace: Pace?
    /// Bytes until the next look at what has failed.
    private var untilLook = 0
    private var largest = 0
    /// With whoever types the records, and wants to know of each before the next.
    var listener: (any RunListener)?
    var typist: (any Typist)?

    /// Calls `onReady` for the first record that is ready to be sent, and again whenever ``Ledger`` wants to know.
    init(
        _ destination: Destination,
        defaults: RecordDefaults,
        ledger: Ledger,
        stop: StopSwitch,
        recorder: (any OutcomeRecorder)? = nil,
        keeper: (any ProgressKeeper)? = nil,
        transactions: Transactions? = nil,
        onReady: @escaping @Sendable () -> Void
    ) {
        self.destination = destination
        self.defaults = defaults
        self.ledger = ledger
        self.stop = stop
        self.recorder = recorder
        self.keeper = keeper
        self.transactions = transactions
        self.onReady = onReady
        pace = defaults.rate.map { Pace($0, now: .now) }
        if defaults.leaveRecordsAlone, recorder == nil, keeper == nil, pace == nil,
            case .producer(let input, let topic?, let gate) = destination
        {
            direct = Direct(input, topic, gate)
        } else {
            direct = nil
        }
    }

    var remembersInput: Bool { recorder?.keepsInput ?? false }
    var takesNow: Bool { direct != nil && listener == nil }

    func read(from source: String) { useTags(of: source) }

    func takeNow(
        key: Span<UInt8>?,
        value: Span<UInt8>?,
        line: Int,
        at place: () -> Place
    ) throws(StopReading) -> Bool {
        guard let direct, !direct.gate.isShut else { return false }
        guard let input = transactions.map({ $0.current }) ?? direct.input else { return false }
        if isPassedOver() { return true }
        let size = (key?.count ?? 0) + (value?.count ?? 0)
        do throws(KafkaError) {
            let result = try input.trySend(
                to: direct.topic,
                partition: defaults.partition,
                key: key,
                value: value,
                tag: PlaceTags.tag(tagBase, line: line)
            )
            guard result == .accepted else { return false }
            transactions?.count()
            count()
            noteReady()
            tally.acceptedBytes += size
        } catch {
            // The next one may be open already.
            if transactions != nil, Transactions.isOver(error) { return false }
            count()
            try failed(error, at: place())
        }
        look(at: direct.gate, size)
        try checkLimit()
        return true
    }

    func take(_ record: InputRecord, at place: Place) async throws(StopReading) {
        if isPassedOver() || isDone(place) { return }
        let complete: InputRecord
        do throws(FieldEncoding.Invalid) {
            complete = try defaults.applied(to: record)
        } catch {
            return try await report(error.reason, at: place)
        }
        let size = (complete.key?.count ?? 0) + (complete.value?.count ?? 0)
        if pace != nil { try await waitForTurn(size) }
        if case .producer(_, _, let gate) = destination {
            look(at: gate, size)
            await gate.wait()
            // Not counted: the record has not left the input.
            if stop.isOn { throw StopReading(leavesRecord: true) }
        }
        count()
        do throws(KafkaError) {
            switch destination {
            case .producer(let input, let topic, _): try await send(complete, size, to: input, topic, at: place)
            case .preview(let preview): try preview.add(complete, at: place)
            }
            tally.acceptedBytes += size
            if let listener {
                publish()
                await listener.waitForAnswer()
            }
        } catch {
            try failed(error, at: place)
        }
        try checkLimit()
    }

    func remember(_ input: Span<UInt8>) { raw = [UInt8](copying: input) }

    func refuse(_ error: KafkaError, at place: Place) async throws(StopReading) {
        if isPassedOver() || isDone(place) { return }
        count()
        await recorder?.refused(error, origin(place), isLetter: false)
        try failed(error, at: place)
        try checkLimit()
    }

    func refuseInput(_ reason: String, at place: Place, isLetter: Bool) async throws(StopReading) {
        if isPassedOver() || isDone(place) { return }
        try await report(reason, at: place, isLetter: isLetter)
    }

    func breakOff(_ reason: String, at place: Place) async {
        count()
        // Where another run begins.
        mark = nil
        await recorder?.refused(KafkaError(.invalidMessage, reason), origin(place), isLetter: false)
        ledger.brokenOff(reason, at: place.text)
    }

    private func report(_ reason: String, at place: Place, isLetter: Bool = false) async throws(StopReading) {
        count()
        await recorder?.refused(KafkaError(.invalidMessage, reason), origin(place), isLetter: isLetter)
        if !ledger.unparsable(reason, at: place.text) { throw StopReading() }
        try checkLimit()
    }

    func skip(at place: Place) {
        if isDone(place) { return }
        if let mark = mark.take() { keeper?.settle(mark) }
        skip()
    }

    func begin(_ input: Int, canSeek: Bool) -> Position {
        guard let (start, cursor) = keeper?.begin(input, canSeek: canSeek) else { return Position() }
        putAside()
        self.cursor = cursor
        return start
    }

    func turn(to input: Int) {
        if cursor == nil || cursor?.input == input { return }
        putAside()
        cursor = cursors.removeValue(forKey: input)
    }

    private func putAside() {
        if let cursor { cursors[cursor.input] = cursor }
    }

    func earlierFiles(of source: Int) -> [EarlierFile] { keeper?.earlierFiles(of: source) ?? [] }

    func add(_ file: FileIdentity?, of source: Int, from position: Position) -> Int {
        keeper?.add(file, of: source, from: position) ?? source
    }

    func know(_ input: Int, as file: FileIdentity) { keeper?.know(input, as: file) }

    func forget(_ input: Int) { keeper?.forget(input) }

    func end(_ input: Int, _ end: FeedEnd) {
        if end == .complete, let cursor, cursor.input == input { keeper?.finish(input, total: cursor.number) }
    }

    func publish() { ledger.publish(tally) }

    /// Whether an earlier run is done with the record at `place`.
    private func isDone(_ place: Place) -> Bool {
        switch cursor?.next(place) {
        case nil: return false
        case .send(let mark):
            self.mark = mark
            return false
        case .settle(let mark):
            keeper?.settle(mark)
            return true
        case .pass: return true
        }
    }

    private func skip() {
        tally.read += 1
        tally.skipped += 1
        raw = nil
        listener?.skipped()
    }

    private func send(
        _ record: InputRecord,
        _ size: Int,
        to input: AsyncProducer.Input,
        _ topic: Topic?,
        at place: Place
    ) async throws(KafkaError) {
        guard let topic = record.topic.map({ Topic($0) }) ?? topic else {
            let error = KafkaError(.invalidTopic, "names no topic; give one with -t")
            await recorder?.refused(error, origin(place), isLetter: false)
            throw error
        }
        var message = record.message(to: topic)
        message.metadata = recorder == nil && keeper == nil ? tag(of: place) : origin(place)
        noteReady()
        do throws(KafkaError) {
            if let limit = defaults.maximumBytes, size > limit {
                throw KafkaError(.messageTooLarge, LimitText.over("a record", size, limit))
            }
            try await accept(message, input)
        } catch {
            await recorder?.failed(ProducerError(message: message, error: error, persistence: .notPersisted))
            throw error
        }
    }

    private func accept(_ message: ProducerMessage, _ input: AsyncProducer.Input) async throws(KafkaError) {
        if let transactions { try await transactions.send(message) } else { try await input.send(message) }
    }

    /// What says where a record that failed was read.
    private func tag(of place: Place) -> UInt64? {
        useTags(of: place.source)
        return PlaceTags.tag(tagBase, line: place.line)
    }

    private func useTags(of source: String) {
        if source == taggedSource { return }
        taggedSource = source
        tagBase = ledger.tags.base(of: source)
    }

    /// Which record this is; what it was read from is needed no longer.
    private func origin(_ place: Place) -> Origin {
        Origin(sequence: tally.read - tally.skipped, place: place, raw: raw.take(), mark: mark.take())
    }

    private func count() { tally.read += 1 }

    /// Makes sure now and then that what has failed does not pile up.
    private func look(at gate: FailureGate, _ size: Int) {
        largest = max(largest, size)
        untilLook -= size + FailureGate.overhead
        if untilLook >= 0 { return }
        untilLook = FailureGate.stride
        gate.look(largest: largest)
    }

    private func noteReady() {
        if ledger.isReadyKnown { return }
        ledger.setReadyKnown(true)
        onReady()
    }

    /// The first records may be unwanted.
    private func isPassedOver() -> Bool {
        if passedOver == defaults.skip { return false }
        passedOver += 1
        skip()
        return true
    }

    private func waitForTurn(_ size: Int) async throws(StopReading) {
        guard let wait = pace?.wait(for: size, now: .now) else { return }
        publish()
        await stop.sleep(for: wait)
        // Not counted: the record has not left the input.
        if stop.isOn { throw StopReading(leavesRecord: true) }
    }

    private func failed(_ error: KafkaError, at place: Place) throws(StopReading) {
        let goesOn = ledger.refused(error, at: place.text)
        if !goesOn || error.isFatal || error.code == .cancelled || error.code == .closed { throw StopReading() }
    }

    private func checkLimit() throws(StopReading) {
        if let limit = defaults.limit, tally.read - tally.skipped >= limit { throw StopReading() }
    }
}
