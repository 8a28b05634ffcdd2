// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Hands over what a parser finds in one input.
struct Handover {
    /// How the input is called.
    let name: String
    /// For records that bring no key of their own.
    let key: [UInt8]?
    /// Gets a copy of every record as it was read.
    let tee: OutputWriter?
    let taker: any RecordTaker
    let stop: StopSwitch

    /// Hands over everything that ends in the chunk; throws when nothing behind it is of use.
    func take(_ chunk: Span<UInt8>, _ parser: inout some InputParser) async throws(StopReading) {
        let takesNow = taker.takesNow && tee == nil
        taker.read(from: name)
        var offset = 0
        while !stop.isOn {
            let piece = parser.next(in: chunk, at: &offset)
            if case .needsMore = piece { break }
            if takesNow, case .fields(let fields) = piece, try takeNow(fields, chunk, parser) { continue }
            try await take(piece, chunk, parser)
        }
        taker.publish()
    }

    /// Hands over what is left at the end of the input.
    func finish(_ parser: inout some InputParser) async throws(StopReading) {
        while !stop.isOn {
            let piece = parser.finish()
            if case .needsMore = piece { return }
            try await take(piece, [UInt8]().span, parser)
        }
    }

    /// Where the parser has come to.
    func place(of parser: some InputParser) -> Place {
        let begin = parser.begin
        return Place(
            source: name,
            line: begin.line,
            offset: begin.byte,
            end: parser.end,
            contentEnd: begin.byte + parser.source.count,
            isOpen: parser.isOpen
        )
    }

    private func takeNow(
        _ fields: RecordFields,
        _ chunk: Span<UInt8>,
        _ parser: some InputParser
    ) throws(StopReading) -> Bool {
        if parser.isKept { return false }
        let source = chunk.extracting(parser.source)
        let line = parser.begin.line
        func place() -> Place { self.place(of: parser) }
        var value: Span<UInt8>?
        if let range = fields.value { value = source.extracting(range) }
        switch fields.key {
        case .ofRun: return try taker.takeNow(key: key?.span, value: value, line: line, at: place)
        case .null: return try taker.takeNow(key: nil, value: value, line: line, at: place)
        case .range(let range):
            return try taker.takeNow(key: source.extracting(range), value: value, line: line, at: place)
        }
    }

    private func take(
        _ piece: InputPiece,
        _ chunk: Span<UInt8>,
        _ parser: some InputParser
    ) async throws(StopReading) {
        let place = place(of: parser)
        if parser.isKept {
            try await take(piece, parser.kept.span.extracting(parser.source), place)
        } else {
            try await take(piece, chunk.extracting(parser.source), place)
        }
    }

    private func take(_ piece: InputPiece, _ source: Span<UInt8>, _ place: Place) async throws(StopReading) {
        if taker.remembersInput, piece.isWhole { taker.remember(source) }
        switch piece {
        case .fields(let fields):
            await copy(source)
            try await send(InputRecord(fields, of: source), place)
        case .record(let record):
            await copy(source)
            try await send(record, place)
        case .empty:
            await copy(source)
            taker.skip(at: place)
        case .invalid(let reason, let isLetter): try await taker.refuseInput(reason, at: place, isLetter: isLetter)
        case .tooLarge(let reason): try await taker.refuse(KafkaError(.messageTooLarge, reason), at: place)
        case .broken(let reason):
            await taker.breakOff(reason, at: place)
            throw StopReading(brokenInput: reason)
        case .remark, .needsMore: break
        }
    }

    private func send(_ record: InputRecord, _ place: Place) async throws(StopReading) {
        var record = record
        if !record.isKeyNull { record.key = record.key ?? key }
        try await taker.take(record, at: place)
    }

    private func copy(_ source: Span<UInt8>) async {
        guard let tee else { return }
        tee.append(source)
        await tee.waitForRoom()
    }
}

extension InputPiece {
    /// Whether what it was read from is all there.
    fileprivate var isWhole: Bool {
        switch self {
        case .fields, .record, .invalid, .broken: true
        case .empty, .remark, .tooLarge, .needsMore: false
        }
    }
}
