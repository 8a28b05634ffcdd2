// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What stands between two headers of a line: the console producer takes a regular expression.
enum HeaderSeparator: Sendable {
    case literal([UInt8])
    case expression(NSRegularExpression)

    static let comma = HeaderSeparator.literal(Array(",".utf8))

    /// Throws when it is no regular expression.
    init(_ pattern: String) throws(OptionValue.Invalid) {
        if pattern.isEmpty { throw OptionValue.Invalid("is empty; give at least one character") }
        if !pattern.contains(where: { "\\^$.|?*+()[]{}".contains($0) }) {
            self = .literal(Array(pattern.utf8))
            return
        }
        do {
            self = .expression(try NSRegularExpression(pattern: Self.text(Array(pattern.utf8))))
        } catch {
            throw OptionValue.Invalid("is not a regular expression; put a backslash before . | * + ? ( ) [ ] { } ^ $")
        }
    }

    /// As Java's `Pattern.split`: nothing at the end is no part, nothing at all is one.
    func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var start = 0
        for range in ranges(in: bytes) where !(range.isEmpty || range.upperBound == 0) {
            parts.append(Array(bytes[start..<range.lowerBound]))
            start = range.upperBound
        }
        if parts.isEmpty { return [bytes] }
        parts.append(Array(bytes[start...]))
        while let last = parts.last, last.isEmpty { parts.removeLast() }
        return parts
    }

    private func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        switch self {
        case .literal(let mark):
            var ranges: [Range<Int>] = []
            var start = 0
            while let next = bytes.span.firstIndex(of: mark, from: start) {
                start = next + mark.count
                ranges.append(next..<start)
            }
            return ranges
        case .expression(let expression):
            let text = Self.text(bytes)
            let all = NSRange(location: 0, length: bytes.count)
            return expression.matches(in: text, range: all).compactMap { Range($0.range) }
        }
    }

    /// One character per byte: positions are the same, and no byte is lost.
    private static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes { text.unicodeScalars.append(UnicodeScalar(byte)) }
        return text
    }
}
