// SPDX-License-Identifier: Apache-2.0

/// Finds what a mistyped name was meant to be.
enum Suggestion {
    /// The candidate with the fewest edits, if they are few for its length.
    static func nearest(to name: String, in candidates: [String]) -> String? {
        // Nobody's finger slipped that often, and it would take long.
        if name.utf8.count > 300 { return nil }
        let ranked = candidates.map { ($0, distance(Array(name.utf8), Array($0.utf8))) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(1, name.utf8.count / 3) else { return nil }
        return best.0
    }

    /// Levenshtein's distance, in which two letters that changed places are one mistake.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var best = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a == right[j - 1], b == left[i - 1] { best = min(best, before[j - 1] + 1) }
                row.append(best)
            }
            (before, last) = (last, row)
        }
        return last[right.count]
    }
}
