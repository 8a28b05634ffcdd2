// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

/// Parsers see the input in pieces: what they find must not depend on where it is cut.
@Suite struct RecordParserTests {
    private func records(_ parser: some RecordParser, limit: Int, _ input: [UInt8], pieces: Int) -> [String] {
        Pieces.found(BufferedParser(parser, limit: limit), input, pieces: pieces).map(\.text)
    }

    @Test(arguments: [
        "%k %v\\n", "%K{big16}%V{ascii} %k%v;", "%p{hex8}%k{hex}:%v--", "%d %v;", "%d,%H,%h{%K{byte}%k%v;}%v\\n",
    ])
    func templatesDoNotDependOnPieces(text: String) throws {
        let limit = 30
        let parser = TemplateParser(template: try Template(text), limit: limit)
        let alphabet: [UInt8] = Array("0123 :;-\n,ab".utf8) + [0, 1, 2]
        for _ in 0..<200 {
            let input = (0..<Int.random(in: 0...60)).map { _ in alphabet.randomElement() ?? 0 }
            let whole = records(parser, limit: limit, input, pieces: 1_000)
            for pieces in [1, 2, 3, 7] {
                #expect(records(parser, limit: limit, input, pieces: pieces) == whole, "\(input)")
            }
        }
    }

    @Test(arguments: FrameParser.Prefix.allCases, [true, false])
    func framesDoNotDependOnPieces(prefix: FrameParser.Prefix, hasKey: Bool) {
        let limit = 20
        let parser = FrameParser(prefix: prefix, hasKey: hasKey, limit: limit)
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
            let whole = records(parser, limit: limit, input, pieces: 1_000)
            for pieces in [1, 2, 3, 7] {
                #expect(records(parser, limit: limit, input, pieces: pieces) == whole, "\(input)")
            }
        }
    }

    @Test func aFrameOverTheLimitCostsOnlyItself() {
        let input: [UInt8] = [2, 1, 1, 5, 1, 1, 1, 1, 1, 1, 7]
        for pieces in [1, 2, 100] {
            #expect(
                records(FrameParser(prefix: .varint, limit: 3), limit: 3, input, pieces: pieces) == [
                    "0-3 ofRun [1, 1]", "3-9 a record of 5 bytes is over the limit of 3", "9-11 ofRun [7]",
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
