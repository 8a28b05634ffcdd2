// SPDX-License-Identifier: Apache-2.0

extension Span<UInt8> {
    /// The first position of `byte` at or behind `start`.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        var index = start
        // Whole blocks first: the compiler compares each at once.
        while index + Self.block <= count {
            let block = extracting(index..<index + Self.block)
            var isFound = false
            for position in 0..<Self.block { isFound = isFound || block[position] == byte }
            if isFound { break }
            index += Self.block
        }
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    private static var block: Int { 16 }

    /// The first position of `needle`, which is not empty, at or behind `start`.
    func firstIndex(of needle: [UInt8], from start: Int = 0) -> Int? {
        guard let first = needle.first else { return nil }
        var candidate = firstIndex(of: first, from: start)
        while let start = candidate, start + needle.count <= count {
            var length = 1
            while length < needle.count && self[start + length] == needle[length] { length += 1 }
            if length == needle.count { return start }
            candidate = firstIndex(of: first, from: start + 1)
        }
        return nil
    }
}

extension Span<UInt8> {
    func isEqual(to other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
