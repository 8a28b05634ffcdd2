// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Records that are read from files and standard input, one after the other.
struct SourceFeed<Parser: InputParser>: RecordFeed {
    let sources: [InputSource]
    /// For records that bring no key of their own.
    var key: [UInt8]?
    /// Whether a file's name is the key instead.
    var isKeyedByName = false
    /// Gets a copy of every record as it was read.
    var tee: OutputWriter?
    /// Whether records can be read from any record on.
    var canBeginAnywhere = true
    /// Gets told how much was read.
    var meter: InputMeter?
    /// Makes what finds the records of an input from a place on.
    let makeParser: @Sendable (Position) -> Parser

    func run(into taker: any RecordTaker, until stop: StopSwitch) async -> [FeedEnd] {
        defer { taker.publish() }
        var ends: [FeedEnd] = []
        for (index, source) in sources.enumerated() where !stop.isOn {
            let (end, goesOn) = await run(source, index, into: taker, until: stop)
            taker.end(index, end)
            ends.append(end)
            if !goesOn { break }
        }
        return ends
    }

    /// One input; returns whether others are wanted.
    private func run(
        _ source: InputSource,
        _ index: Int,
        into taker: any RecordTaker,
        until stop: StopSwitch
    ) async -> (end: FeedEnd, goesOn: Bool) {
        let origin = taker.begin(index, canSeek: canBeginAnywhere)
        let reader = ChunkReader(source, from: origin)
        if source == .standardInput, let typist = taker.typist { reader.talk(typist) }
        let listener = stop.onStop { reader.stop() }
        defer {
            reader.stop()
            stop.forget(listener)
        }
        let key = isKeyedByName ? key ?? source.fileName : key
        let handover = Handover(name: source.path, key: key, tee: tee, taker: taker, stop: stop)
        var parser = makeParser(origin)
        meter?.add(origin.byte)
        reader.start()
        do throws(StopReading) {
            while let chunk = await reader.next() {
                meter?.add(chunk.count)
                try await handover.take(chunk.span, &parser)
                if stop.isOn { break }
            }
            // An input that was stopped half way has no last record.
            if !stop.isOn, reader.failure == nil { try await handover.finish(&parser) }
        } catch {
            let place = handover.place(of: parser)
            if let reason = error.brokenInput { return (.stoppedEarly(.unparsable(reason), place), true) }
            return (told(reader, error.leavesRecord ? place : place.behind, stop), false)
        }
        let place = handover.place(of: parser).behind
        if let failure = reader.failure { return (.stoppedEarly(.unreadable(failure), place), true) }
        return stop.isOn ? (told(reader, place, stop), false) : (.complete, true)
    }

    /// The end of an input of which no more is wanted; what was taken out of a pipe by then nobody else can read.
    private func told(_ reader: ChunkReader, _ place: Place, _ stop: StopSwitch) -> FeedEnd {
        if !stop.isOn || reader.hasPositions { return .stoppedEarly(.told, place) }
        let late = reader.origin.byte + reader.byteCount - place.offset
        return .stoppedEarly(late > 0 ? .toldTooLate(bytes: late) : .told, place)
    }
}
