// SPDX-License-Identifier: Apache-2.0

/// Where a run's records come from.
protocol RecordFeed: Sendable {
    /// Hands over every record, and returns early when the switch is turned on or nothing more is wanted. Returns how
    /// each input that was begun came to its end.
    func run(into taker: any RecordTaker, until stop: StopSwitch) async -> [FeedEnd]
}

/// How an input came to its end.
enum FeedEnd: Equatable, Sendable {
    /// All of it was handed over.
    case complete
    /// What is behind the place was not.
    case stoppedEarly(Reason, Place)

    enum Reason: Equatable, Sendable {
        /// A signal, a limit, or somebody who wants no more.
        case told
        /// The same, after so many bytes behind the place were taken out of a pipe or a terminal.
        case toldTooLate(bytes: Int)
        /// It could not be read on, or at all.
        case unreadable(ToolError)
        /// It makes no sense from there on.
        case unparsable(String)
    }

    /// What people should know about it: nil when all is well, or for what they asked.
    var problem: ToolError? {
        guard case .stoppedEarly(let reason, let place) = self else { return nil }
        let source = printable(place.source)
        switch reason {
        case .told: return nil
        case .toldTooLate(let bytes):
            return ToolError(
                .success,
                "\(source): \(NumberText.grouped(bytes)) bytes from line \(NumberText.grouped(place.line)) on were read "
                    + "and not sent"
            )
        case .unreadable(let error): return error
        case .unparsable(let reason):
            return ToolError(
                .data,
                "1 × no record (\(place.text)): \(reason); the rest of \(source), from byte "
                    + "\(NumberText.grouped(place.offset)) on, was not sent"
            )
        }
    }
}
