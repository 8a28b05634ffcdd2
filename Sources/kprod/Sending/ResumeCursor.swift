// SPDX-License-Identifier: Apache-2.0

/// Numbers the records of one input as they are read, and knows those that an earlier run is done with.
struct ResumeCursor: Sendable {
    let input: Int
    private(set) var number: Int
    private let prefix: Int
    private var runs: ArraySlice<Progress.Run>
    /// The record that ended with the input then, and where that was: with more behind it, it is another one now.
    private let open: (number: Int, end: Int)?

    init(
        input: Int,
        from number: Int = 0,
        prefix: Int = 0,
        runs: [Progress.Run] = [],
        open: (number: Int, end: Int)? = nil
    ) {
        self.input = input
        self.number = number
        self.prefix = prefix
        self.runs = runs[...]
        self.open = open
    }

    /// What to do about the next record.
    enum Step {
        /// It is new.
        case send(Mark)
        /// It is done, and known to be.
        case pass
        /// It is done, as the keeper has yet to be told.
        case settle(Mark)
    }

    /// Takes the number of the next record, which ends where `place` says.
    mutating func next(_ place: Place) -> Step {
        number += 1
        let begin = Position(byte: place.offset, line: place.line)
        let end = place.end ?? begin
        let mark = Mark(input: input, number: number, end: end, open: place.isOpen ? begin : nil)
        if let open, open.number == number { return place.contentEnd == open.end ? .settle(mark) : .send(mark) }
        if number <= prefix { return .pass }
        while let run = runs.first, run.last < number { runs.removeFirst() }
        if let run = runs.first, run.first <= number { return .settle(mark) }
        return .send(mark)
    }
}
