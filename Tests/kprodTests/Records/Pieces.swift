// SPDX-License-Identifier: Apache-2.0

@testable import kprod

/// What a parser finds, however the input is cut.
enum Pieces {
    struct Found: Equatable {
        let text: String
        let source: [UInt8]
        let isOpen: Bool
    }

    static func found(_ parser: some InputParser, _ input: [UInt8], pieces size: Int) -> [Found] {
        var parser = parser
        var found: [Found] = []
        func note(_ piece: InputPiece, _ chunk: [UInt8]) -> Bool {
            if piece == .needsMore { return false }
            let bytes = parser.isKept ? parser.kept : chunk
            let source = Array(bytes[parser.source])
            let text = "\(parser.begin.byte)-\(parser.end.byte) \(described(piece, source))"
            found.append(Found(text: text, source: source, isOpen: parser.isOpen))
            return true
        }
        for start in stride(from: 0, to: input.count, by: size) {
            let chunk = Array(input[start..<min(start + size, input.count)])
            var offset = 0
            while note(parser.next(in: chunk.span, at: &offset), chunk) {}
        }
        while note(parser.finish(), []) {}
        return found
    }

    private static func described(_ piece: InputPiece, _ source: [UInt8]) -> String {
        switch piece {
        case .fields(let fields):
            let value = fields.value.map { "\(Array(source[$0]))" } ?? "null"
            if case .range(let range) = fields.key { return "\(Array(source[range])) \(value)" }
            return "\(fields.key) \(value)"
        case .record(let record): return "\(record.key ?? []) \(record.value ?? [])"
        case .tooLarge(let reason), .broken(let reason): return reason
        case .invalid(let reason, _): return reason
        case .empty, .remark, .needsMore: return "\(piece)"
        }
    }
}
