// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// How Kafka's console producer reads a line: `[headers DELIM][key SEPARATOR]value`, each cut at the first occurrence.
///
/// As `LineMessageReader` of Apache Kafka, but bytes that are no UTF-8 are kept, where it would replace them.
struct ConsoleRules: LineRules {
    var parsesKey = false
    var parsesHeaders = false
    /// Whether what is missing in a line is left out, instead of the line being refused.
    var ignoresErrors = false
    var keySeparator: [UInt8] = [9]
    var headersDelimiter: [UInt8] = [9]
    var headersSeparator = HeaderSeparator.comma
    var headerKeySeparator = Array(":".utf8)
    /// A part of these bytes is null.
    var nullMarker: [UInt8]?

    /// Why a line is no record.
    private struct Invalid: Error {
        let reason: String
    }

    /// A lone carriage return ends a line in Java, and one before a newline belongs to its end.
    var endsAtReturn: Bool { true }

    func parse(_ line: Span<UInt8>) -> InputPiece {
        var start = 0
        var headers: [RecordHeader] = []
        let keyRange: Range<Int>?
        do throws(Invalid) {
            if parsesHeaders, let range = try find(headersDelimiter, in: line, from: 0, "headers delimiter") {
                headers = try parseHeaders(line.extracting(range))
                start = range.upperBound + headersDelimiter.count
            }
            keyRange = parsesKey ? try find(keySeparator, in: line, from: start, "key separator") : nil
        } catch {
            return .invalid(reason: error.reason)
        }
        var fields = RecordFields()
        if let keyRange {
            start = keyRange.upperBound + keySeparator.count
            fields.key = isMarked(line.extracting(keyRange)) ? .null : .range(keyRange)
        }
        let value = line.extracting(start..<line.count)
        fields.value = isMarked(value) ? nil : start..<line.count
        if headers.isEmpty { return .fields(fields) }
        var record = InputRecord(fields, of: line)
        record.headers = headers
        return .record(record)
    }

    private func find(
        _ mark: [UInt8],
        in line: Span<UInt8>,
        from start: Int,
        _ name: String
    ) throws(Invalid) -> Range<Int>? {
        if let end = line.firstIndex(of: mark, from: start) { return start..<end }
        if ignoresErrors { return nil }
        throw Invalid(reason: "the line has no \(name) (--property ignore.error=true takes it without)")
    }

    private func parseHeaders(_ text: Span<UInt8>) throws(Invalid) -> [RecordHeader] {
        if isMarked(text) { return [] }
        var headers: [RecordHeader] = []
        for pair in headersSeparator.split([UInt8](copying: text)) {
            let cut = pair.span.firstIndex(of: headerKeySeparator)
            if cut == nil, !ignoresErrors {
                throw Invalid(reason: "the header \"\(Self.shown(pair))\" has no key separator")
            }
            let name = Array(pair[..<(cut ?? pair.count)])
            if let nullMarker, cut != nil, name == nullMarker {
                throw Invalid(reason: "a header has the null marker as its name, which cannot be null")
            }
            guard let text = String(validating: name, as: UTF8.self) else {
                throw Invalid(reason: "a header's name is not UTF-8")
            }
            let value = cut.map { Array(pair[($0 + headerKeySeparator.count)...]) }
            headers.append(RecordHeader(text, value.flatMap { $0 == nullMarker ? nil : KafkaBytes($0) }))
        }
        return headers
    }

    private func isMarked(_ part: Span<UInt8>) -> Bool { nullMarker.map { part.isEqual(to: $0) } ?? false }

    private static func shown(_ bytes: [UInt8]) -> String {
        printable(String(decoding: bytes, as: UTF8.self), limit: 60)
    }
}
