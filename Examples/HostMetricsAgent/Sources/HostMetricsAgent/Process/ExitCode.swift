// SPDX-License-Identifier: Apache-2.0

/// How the agent ended, for whoever supervises it.
enum ExitCode: Int32, CaseIterable, Sendable {
    case nothingLost = 0
    /// Some samples were dropped in its life: too many waited, or were refused too often.
    case lostBefore = 10
    /// The time to drain was over with samples left.
    case lostAtTheEnd = 11
    /// A second signal cut the drain short, with samples left.
    case aborted = 12
    /// The end itself hung, and the process was ended from outside of it. What was left is unknown.
    case forced = 13

    init(counts: PostQueue.Counts, remaining: Int, isAborted: Bool) {
        if remaining > 0 {
            self = isAborted ? .aborted : .lostAtTheEnd
        } else {
            self = counts.overflowed + counts.givenUp > 0 ? .lostBefore : .nothingLost
        }
    }
}
