// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

/// Parsers see the input in pieces: what they find must not depend on where it is cut.
@Suite struct RecordParserTests {
    private func records(_ parser: some RecordParser, _ input: [UInt8], pieces: Int) -> [String] {
        var buffer = InputBuffer(name: "x")
        var found: [String] = []
        var isBroken = false
        func parse(isEnd: Bool) {
            while !buffer.isEmpty && !isBroken {
                switch parser.parse(buffer.bytes.span.extracting(buffer.rest), isEnd: isEnd) {
                case .record(let record, let length):
                    found.append("\(buffer.place.offset) \(record.key ?? []) \(record.value ?? [])")
                    buffer.consume(length)
                case .parts(let key, let value, let length):
                    let bytes = buffer.bytes[buffer.rest]
                    func part(_ range: Range<Int>?) -> [UInt8] {
                        range.map { Array(bytes.dropFirst($0.lowerBound).prefix($0.count)) } ?? []
                    }
                    found.append("\(buffer.place.offset) \(part(key)) \(part(value))")
                    buffer.consume(length)
                case .invalid(let reason, let length):
                    found.append("\(buffer.place.offset) \(reason)")
                    buffer.consume(length)
                case .tooLarge(let size, let length):
                    found.append("\(buffer.place.offset) too large \(size)")
                    buffer.consume(length)
                case .needsMore: return
                case .broken(let reason):
                    found.append(reason)
                    isBroken = true
                }
            }
        }
        for start in stride(from: 0, to: input.count, by: pieces) {
            buffer.append(input[start..<min(start + pieces, input.count)].span)
            parse(isEnd: false)
        }
        parse(isEnd: true)
        return found
    }

    @Test(arguments: ["%k %v\\n", "%K{big16}%V{ascii} %k%v;", "%p{hex8}%k{hex}:%v--", "%d %v;", "%d,%H,%h{%K{byte}%k%v;}%v\\n"])
    func templatesDoNotDependOnPieces(text: String) throws {
        let parser = TemplateParser(template: try Template(text), limit: 30)
        let alphabet: [UInt8] = Array("0123 :;-\n,ab".utf8) + [0, 1, 2]
        for _ in 0..<200 {
            let input = (0..<Int.random(in: 0...60)).map { _ in alphabet.randomElement() ?? 0 }
            let whole = records(parser, input, pieces: 1_000)
            for pieces in [1, 2, 3, 7] { #expect(records(parser, input, pieces: pieces) == whole, "\(input)") }
        }
    }

    @Test(arguments: FrameParser.Prefix.allCases, [true, false])
    func framesDoNotDependOnPieces(prefix: FrameParser.Prefix, hasKey: Bool) {
        let parser = FrameParser(prefix: prefix, hasKey: hasKey, limit: 20)
        for _ in 0..<200 {
            var input: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6) {
                let size = UInt8.random(in: 0...24)
                switch prefix {
                case .u32be, .kcat: input += [0, 0, 0, size]
                case .u32le: input += [size, 0, 0, 0]
                case .varint: input += [size]
                }
                input += (0..<size).map { _ in UInt8.random(in: 0...255) }
            }
            let whole = records(parser, input, pieces: 1_000)
            for pieces in [1, 2, 3, 7] { #expect(records(parser, input, pieces: pieces) == whole, "\(input)") }
        }
    }

    @Test func aFrameOverTheLimitCostsOnlyItself() {
        let input: [UInt8] = [2, 1, 1, 5, 1, 1, 1, 1, 1, 1, 7]
        for pieces in [1, 2, 100] {
            #expect(
                records(FrameParser(prefix: .varint, limit: 3), input, pieces: pieces) == [
                    "0 [] [1, 1]", "3 too large 5", "9 [] [7]",
                ]
            )
        }
    }

    @Test(
        arguments: [
            ("", "is empty; write a template such as '%k %v\\n'"), ("%", "ends with %; write %% for a percent sign"),
            ("%v{", "has a { without its }"), ("%h{%k}", "has %h without the number of headers, %H, before it"),
            ("%H%h{%k=%v}", "has a header that ends nowhere; write a size or a text behind it"),
            ("%v{x}", "has {x} where {hex}, {base64} or {json} may stand"),
            ("a\\q", "has a backslash that is not \\n \\t \\r \\\\ or \\xNN"),
        ]
    )
    func templatesThatMeanNothing(text: String, reason: String) {
        #expect(throws: OptionValue.Invalid(reason)) { try Template(text) }
    }

    @Test func separatorsOfHeadersAreExpressions() throws {
        func split(_ pattern: String, _ text: String) throws -> [String] {
            try HeaderSeparator(pattern).split(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try split(",", "a,b,,c,,") == ["a", "b", "", "c"])
        #expect(try split(",", "") == [""])
        #expect(try split(",", ",") == [])
        #expect(try split("[;|]", ";é;b|") == ["", "é", "b"])
        #expect(throws: OptionValue.Invalid.self) { try HeaderSeparator("(") }
    }
}
