// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import KafkaAsyncProducer
@testable import kprod

/// The parsers of the command.
let commandTargets: [String: Target] = [
    "lines": { fuzzLines($0) },
    "escapes": { fuzzEscapes($0) },
    "json": { fuzzJSON($0) },
    "template": { fuzzTemplate($0) },
    "report": { fuzzReport($0.text) },
    "frames": { fuzzFrames($0) },
    "values": { fuzzValues($0.text) },
    "fault": { fuzzFault($0) },
    "arguments": { fuzzArguments($0) },
]

// MARK: Cutting

/// Cuts the bytes where the first ones say, to feed them in parts of any size.
private func chunks(_ bytes: [UInt8], _ sizes: [UInt8]) -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    var (rest, turn) = (bytes[...], 0)
    while !rest.isEmpty {
        let size = sizes.isEmpty ? rest.count : max(1, Int(sizes[turn % sizes.count]))
        chunks.append(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
        turn += 1
    }
    return chunks
}

private func fuzzLines(_ input: Input) {
    var input = input
    let limit = input.choice(of: 64)
    let delimiters = ["\n", "\\r\\n", "ab", "aab", "\\0"]
    guard let delimiter = try? Delimiter(delimiters[input.choice(of: delimiters.count)]) else { return }
    let sizes = Array(input.bytes.prefix(4))
    let bytes = Array(input.bytes.dropFirst(4))
    let whole = lines(of: [bytes], limit, delimiter)
    check(lines(of: chunks(bytes, sizes), limit, delimiter) == whole, "other lines of \(bytes) cut as \(sizes)")
    check(whole.allSatisfy { ($0.content?.count ?? 0) <= limit }, "a line over the limit")
    // All lines with their delimiters are the input.
    if whole.allSatisfy({ $0.content != nil }) {
        let joined = Array(whole.compactMap(\.content).joined(separator: delimiter.bytes))
        check(joined == bytes || joined + delimiter.bytes == bytes, "not all of \(bytes)")
    }
}

private struct Line: Equatable {
    /// Nil for one that was too long.
    let content: [UInt8]?
    let number: Int
    let start: Int
}

private func lines(of chunks: [[UInt8]], _ limit: Int, _ delimiter: Delimiter) -> [Line] {
    var splitter = LineSplitter(limit: limit, delimiter: delimiter)
    var lines: [Line] = []
    func add(_ content: [UInt8]?, _ splitter: LineSplitter) {
        lines.append(Line(content: content, number: splitter.lineNumber, start: splitter.lineStart))
    }
    for chunk in chunks {
        var offset = 0
        loop: while true {
            switch splitter.next(in: chunk.span, at: &offset) {
            case .line(let range): add(Array(chunk[range]), splitter)
            case .carried:
                add(splitter.carry, splitter)
                splitter.dropCarry()
            case .tooLong: add(nil, splitter)
            case .needsMore: break loop
            }
        }
    }
    switch splitter.finish() {
    case .carried: add(splitter.carry, splitter)
    case .tooLong: add(nil, splitter)
    case .line, .needsMore: break
    }
    return lines
}

private func fuzzEscapes(_ input: Input) {
    let text = input.text
    for dialect in [Delimiter.Dialect.strict, .kcat] {
        guard let delimiter = try? Delimiter(text, dialect) else { continue }
        check(1...text.utf8.count ~= delimiter.bytes.count, "\(delimiter.bytes.count) bytes of \(text.utf8.count)")
    }
    for encoding in FieldEncoding.allCases {
        if let decoded = try? encoding.decode(input.bytes) { check(decoded.count <= input.bytes.count, "grown") }
    }
    let hexadecimal = input.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    check((try? FieldEncoding.hex.decode(Array(hexadecimal.utf8))) == input.bytes, "hex round trip")
    let base64 = Array(Data(input.bytes).base64EncodedString().utf8)
    check((try? FieldEncoding.base64.decode(base64)) == input.bytes, "base64 round trip")
    let (pattern, rest) = input.parts
    if pattern.utf8.count < 20, let separator = try? HeaderSeparator(pattern) {
        check(separator.split(Array(rest.prefix(60))).count <= 61, "too many parts")
    }
}

// MARK: Records

private func fuzzJSON(_ input: Input) {
    let limit = 1_000
    let sizes = Array(input.bytes.prefix(4))
    let bytes = Array(input.bytes.dropFirst(4))
    let whole = values(of: [bytes], limit)
    check(values(of: chunks(bytes, sizes), limit) == whole, "other values of \(bytes) cut as \(sizes)")
    for case .value(let source) in whole {
        check(source.count <= limit, "over the limit")
        // What our grammar takes and text allows, others take.
        let isPlain = String(validating: source, as: UTF8.self) != nil && !source.contains { $0 < 32 }
        if isPlain, source.first != 0xEF, !source.contains(UInt8(ascii: "\\")),
            !source.contains(where: { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        {
            let object = try? JSONSerialization.jsonObject(with: Data(source), options: .fragmentsAllowed)
            check(object != nil, "only we take \(String(decoding: source, as: UTF8.self))")
        }
        do throws(JSONCursor.Invalid) {
            if case .record(let record) = try RecordEnvelope(source) {
                let size = (record.key?.count ?? 0) + (record.value?.count ?? 0)
                check(size <= 2 * source.count, "grown: \(size) bytes of \(source.count)")
            }
        } catch {
            check(error.reason.utf8.count < 4_000, "\(error.reason)")
        }
    }
}

private enum Value: Equatable {
    case value([UInt8])
    case broken(String)
    case tooLong
}

private func values(of chunks: [[UInt8]], _ limit: Int) -> [Value] {
    var splitter = JSONSplitter(limit: limit)
    var values: [Value] = []
    func add(_ piece: JSONSplitter.Piece, _ splitter: inout JSONSplitter) -> Bool {
        switch piece {
        case .value: values.append(.value(splitter.source))
        case .broken(let reason): values.append(.broken(reason))
        case .tooLong: values.append(.tooLong)
        case .needsMore: return false
        }
        splitter.dropSource()
        return true
    }
    for chunk in chunks {
        var offset = 0
        while add(splitter.next(in: chunk.span, at: &offset), &splitter) {}
    }
    while add(splitter.finish(), &splitter) {}
    return values
}

/// Takes records from the beginning until nothing is left, as the feed does.
private func parseAll(_ parser: some RecordParser, _ bytes: [UInt8], limit: Int) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let part = Array(rest)
        let parsed = parser.parse(part.span, omitted: 0, isEnd: true)
        if part.count > 1 {
            let half = part.count / 2
            let end = parser.parse(part.span.extracting(0..<half), omitted: 0, isEnd: false).end
            check((end ?? 0) <= half, "longer than what there is")
        }
        switch parsed {
        case .record(let record, _):
            check((record.key?.count ?? 0) + (record.value?.count ?? 0) <= part.count, "grown")
        case .parts(let key, let value, let length):
            check((key?.upperBound ?? 0) <= part.count && (value?.upperBound ?? 0) <= length, "beyond the end")
        case .invalid(let reason, _, _), .broken(let reason): check(reason.utf8.count < 2_000, "long: \(reason)")
        case .oversized(let start, let size, _): check(0...part.count ~= start && size > 0, "\(size) from \(start)")
        case .needsMore: break
        }
        guard let length = parsed.end, length <= rest.count else { return }
        check(length > 0, "no progress")
        rest = rest.dropFirst(length)
    }
}

extension ParsedRecord {
    /// Where it ends, if that is known.
    fileprivate var end: Int? {
        switch self {
        case .record(_, let length), .parts(_, _, let length), .invalid(_, let length, _): length
        case .oversized, .needsMore, .broken: nil
        }
    }
}

private func fuzzTemplate(_ input: Input) {
    let (text, rest) = input.parts
    guard let template = try? Template(text) else { return }
    parseAll(TemplateParser(template: template, limit: 1_000), Array(rest.prefix(300)), limit: 1_000)
}

private func fuzzReport(_ text: String) {
    do throws(OptionValue.Invalid) {
        _ = try ReportTemplate(text)
    } catch {
        check(error.reason.utf8.count < 2_000, "\(error.reason)")
    }
}

private func fuzzFrames(_ input: Input) {
    var input = input
    let prefix = FrameParser.Prefix.allCases[input.choice(of: FrameParser.Prefix.allCases.count)]
    let hasKey = input.choice(of: 2) == 1
    let parser = FrameParser(prefix: prefix, hasKey: hasKey, limit: 1_000)
    parseAll(parser, input.bytes, limit: 1_000)
    guard prefix == .u32be, input.bytes.count <= 500 else { return }
    // What is framed comes out again.
    let size = UInt32(input.bytes.count)
    let frame = (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } + input.bytes
    let framed = hasKey ? frame + frame : frame
    let end = frame.count
    let expected = ParsedRecord.parts(
        key: hasKey ? 4..<end : nil,
        value: hasKey ? (end + 4)..<(2 * end) : 4..<end,
        length: framed.count
    )
    check(parser.parse(framed.span, omitted: 0, isEnd: true) == expected, "frame round trip")
    for count in 1..<framed.count {
        guard case .needsMore = parser.parse(framed.span.extracting(0..<count), omitted: 0, isEnd: false) else {
            return check(false, "half a frame")
        }
    }
}

// MARK: The command line

private func fuzzValues(_ text: String) {
    if let count = try? OptionValue.count(text) { check(count > 0, "\(text)") }
    if let bytes = try? OptionValue.byteCount(text) { check(bytes >= 0, "\(text)") }
    if let duration = try? OptionValue.duration(text) { check(.zero...(.seconds(30 * 86_400)) ~= duration, "\(text)") }
    if let seconds = try? OptionValue.seconds(text) { check(seconds > .zero, "\(text)") }
    if let rate = try? OptionValue.rate(text) { check(rate.perSecond > 0, "\(text)") }
    if let share = try? OptionValue.share(text) { check(share.isFinite, "\(text)") }
    if let rate = try? OptionValue.recordRate(text) ?? 1 { check(rate.isFinite && rate > 0, "\(text)") }
    if let topic = try? OptionValue.topicWithPartitions(text) { check(1...1_000 ~= topic.partitions, "\(text)") }
    if let servers = try? OptionValue.servers(text) { check(!servers.isEmpty, "\(text)") }
    _ = try? OptionValue.sizes(text)
    _ = try? OptionValue.headers(text)
    _ = try? OptionValue.milliseconds(text)
    _ = try? OptionValue.partition(text)
    // What stands behind the first sign is the value, whatever it is.
    check((try? OptionValue.header("a=\(text)")) == RecordHeader("a", text), "header \(text.debugDescription)")
    check((try? OptionValue.property("a=\(text)"))?.value == text, "property \(text.debugDescription)")
    _ = try? OptionValue.schemaID(text)
    _ = try? SecretReference(text)
    _ = try? PreservedField.list(text)
    _ = TimeText(text.utf8.span)
    checkShown(kprod.printable(text), limit: 201)
    var json = JSONText()
    json.line { $0.add("text", text) }
    let object = try? JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: String]
    check(object?["text"] == text, "JSON of \(text.debugDescription)")
}

private func fuzzFault(_ input: Input) {
    var input = input
    let words = ["rtt", "fail", "delay", "down", "up", "leader", "topic", "topic-error", "clear"]
    let word = words[input.choice(of: words.count)]
    do throws(OptionValue.Invalid) {
        _ = try MockFault(word, input.text)
    } catch {
        check(error.reason.utf8.count < 2_000, "\(error.reason)")
    }
}

private func fuzzArguments(_ input: Input) {
    var input = input
    let command = CommandLineTool.commands[input.choice(of: CommandLineTool.commands.count)]
    let words = input.text.split(separator: "\n", omittingEmptySubsequences: false).prefix(20).map { String($0) }
    do throws(ToolError) {
        let parsed = try ParsedArguments(words, syntax: command.syntax)
        if parsed.has(.help) { return }
        _ = try command.init(parsed)
    } catch {
        checkShown(error.message, limit: 4_000)
    }
}
