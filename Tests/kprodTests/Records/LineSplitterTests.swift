// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct LineSplitterTests {
    /// Everything the splitter says about `text` when it comes in chunks of `size` bytes.
    private func split(
        _ text: String,
        chunks size: Int,
        limit: Int = 100,
        delimiter: Delimiter = .newline
    ) -> [String] {
        var splitter = LineSplitter(limit: limit, delimiter: delimiter)
        var found: [String] = []
        func note(_ piece: LineSplitter.Piece, _ chunk: ArraySlice<UInt8>) {
            switch piece {
            case .line(let range):
                let start = chunk.startIndex
                let line = chunk[(start + range.lowerBound)..<(start + range.upperBound)]
                found.append("\(splitter.lineNumber):" + String(decoding: line, as: UTF8.self))
            case .carried:
                found.append("\(splitter.lineNumber):" + String(decoding: splitter.carry, as: UTF8.self))
                splitter.dropCarry()
            case .tooLong(let bytes): found.append("\(splitter.lineNumber):too long, \(bytes)")
            case .needsMore: break
            }
        }
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            let chunk = bytes[start..<min(start + size, bytes.count)]
            var offset = 0
            while true {
                let piece = splitter.next(in: chunk.span, at: &offset)
                note(piece, chunk)
                if piece == .needsMore { break }
            }
        }
        note(splitter.finish(), [])
        return found
    }

    /// A delimiter that overlaps itself and lies across any border, against the obvious way.
    @Test(arguments: ["::", "aab", "aba", ";;;;"])
    func longDelimiters(text: String) throws {
        let delimiter = try Delimiter(text)
        let alphabet = Array(Set(text + "x"))
        for _ in 0..<300 {
            let input = String((0..<Int.random(in: 0...40)).map { _ in alphabet.randomElement() ?? "x" })
            var pieces: [String] = []
            var rest = input[...]
            while let range = rest.firstRange(of: text) {
                pieces.append(String(rest[..<range.lowerBound]))
                rest = rest[range.upperBound...]
            }
            if !rest.isEmpty { pieces.append(String(rest)) }
            let size = Int.random(in: 1...7)
            let limit = Int.random(in: 3...50)
            let expected = pieces.enumerated().map { index, piece in
                "\(index + 1):" + (piece.count > limit ? "too long, \(piece.count)" : piece)
            }
            #expect(split(input, chunks: size, limit: limit, delimiter: delimiter) == expected, "\(input) in \(size)")
        }
    }

    @Test(arguments: [1, 2, 3, 64]) func linesKnowWhereTheyBegin(size: Int) throws {
        var splitter = LineSplitter(limit: 4, delimiter: try Delimiter("::"))
        var starts: [Int] = []
        let bytes = Array("ab::c::::toolong::d".utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            let chunk = bytes[start..<min(start + size, bytes.count)]
            var offset = 0
            while splitter.next(in: chunk.span, at: &offset) != .needsMore {
                starts.append(splitter.lineStart)
                splitter.dropCarry()
            }
        }
        #expect(splitter.finish() != .needsMore)
        #expect(starts + [splitter.lineStart] == [0, 4, 7, 9, 18])
    }

    @Test(arguments: [1, 2, 3, 5, 7, 64, 1_000])
    func linesDoNotDependOnChunks(size: Int) {
        let text = "first\n\nthird\r\n:\nlast"
        #expect(split(text, chunks: size) == ["1:first", "2:", "3:third\r", "4::", "5:last"])
    }

    @Test(arguments: [1, 2, 3, 5, 64])
    func aNewlineAtTheEndBeginsNoLine(size: Int) {
        #expect(split("a\nb\n", chunks: size) == ["1:a", "2:b"])
        #expect(split("", chunks: size) == [])
        #expect(split("\n", chunks: size) == ["1:"])
    }

    @Test(arguments: [1, 2, 3, 4, 6, 64])
    func aLineOverTheLimitCostsOnlyItself(size: Int) {
        let text = "12345\n123456\n1234567890\nab\n"
        let expected = ["1:12345", "2:too long, 6", "3:too long, 10", "4:ab"]
        #expect(split(text, chunks: size, limit: 5) == expected)
    }

    @Test func aLineOverTheLimitAtTheEnd() {
        #expect(split("a\n123456", chunks: 2, limit: 5) == ["1:a", "2:too long, 6"])
    }

    /// Random text in random chunks, against the obvious way.
    @Test func agreesWithSplit() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let text = String((0..<Int.random(in: 0...60, using: &random)).map { _ in "ab\n".randomElement() ?? "a" })
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
            if lines.last == "" { lines.removeLast() }
            let expected = lines.enumerated().map { "\($0 + 1):\($1)" }
            let size = Int.random(in: 1...9, using: &random)
            #expect(split(text, chunks: size) == expected, "\(text.debugDescription) in \(size)")
        }
    }
}
