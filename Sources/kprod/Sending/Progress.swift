// SPDX-License-Identifier: Apache-2.0

/// Which records of one input are done: all up to a number, and runs of later ones.
///
/// Records are numbered from 1 in the order of the input, everything counts that was cut out of it. Outcomes come in
/// any order; as much is remembered as there are gaps, which the records in flight limit.
struct Progress: Equatable, Sendable {
    /// Records that are done, from the first to the last.
    struct Run: Equatable, Sendable {
        let first: Int
        let last: Int
    }

    /// So many records, from the first one on, are done.
    private(set) var prefix: Int
    /// Behind the last record of the prefix.
    private(set) var position: Position
    /// The runs behind the prefix by their first record: their last one, and where it ends.
    private var runs: [Int: (last: Int, end: Position)] = [:]
    /// The first record of each run by its last one.
    private var firsts: [Int: Int] = [:]

    init(prefix: Int = 0, position: Position = Position()) {
        self.prefix = prefix
        self.position = position
    }

    /// How many runs there are behind the prefix.
    var gapCount: Int { runs.count }

    /// Notes that record `number`, which ends at `end`, is done; each only once.
    mutating func finish(_ number: Int, endingAt end: Position) {
        if number == prefix + 1 {
            prefix = number
            position = end
            guard let next = runs.removeValue(forKey: number + 1) else { return }
            firsts[next.last] = nil
            prefix = next.last
            position = next.end
            return
        }
        let first = firsts.removeValue(forKey: number - 1) ?? number
        var (last, lastEnd) = (number, end)
        if let next = runs.removeValue(forKey: number + 1) { (last, lastEnd) = next }
        runs[first] = (last, lastEnd)
        firsts[last] = first
    }

    /// The runs behind the prefix, in order.
    var sparse: [Run] { runs.map { Run(first: $0.key, last: $0.value.last) }.sorted { $0.first < $1.first } }

    static func == (left: Progress, right: Progress) -> Bool {
        left.prefix == right.prefix && left.position == right.position && left.sparse == right.sparse
    }
}
