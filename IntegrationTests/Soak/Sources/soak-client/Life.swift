// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// One whole life of a producer, told by its number: every way to send, to read and to end meets every other.
struct Life: Sendable {
    enum Sending: CaseIterable {
        case each, borrowed, array, sequence, trying, deliver, keyed
    }

    enum Reading: CaseIterable {
        /// By a task that starts before the first send: it must see all of them.
        case elements, batches
        /// Half way, and then taken up again by another loop.
        case twice
        /// The first only, which is kept.
        case first
        case errors, nobody
    }

    enum Ending: CaseIterable {
        case close, asyncClose, flushed, aborted, atOnce, dropped
    }

    let number: Int
    let sending: Sending
    let reading: Reading
    let ending: Ending
    let count: Int
    let returns: AsyncProducer.Configuration.Returns.Successes
    let room: Int

    init(number: Int) {
        self.number = number
        var rest = number
        func next<Element>(_ choices: [Element]) -> Element {
            defer { rest /= choices.count }
            return choices[rest % choices.count]
        }
        sending = next(Sending.allCases)
        reading = next(Reading.allCases)
        ending = next(Ending.allCases)
        // Those that the numbers come to slowly take turns by themselves.
        let returns: [AsyncProducer.Configuration.Returns.Successes] = [.automatic, .always, .automatic, .never]
        self.returns = returns[number * 7 / 5 % returns.count]
        let counts = [1, 40_000, 100, 12_000, 3]
        let count = counts[number * 11 / 7 % counts.count]
        self.count = sending == .deliver ? min(count, 100) : count
        room = [100_000, 1_000, 30_000][number * 13 / 11 % 3]
    }

    /// Whether somebody must see every success.
    var readsAll: Bool {
        switch reading {
        case .elements, .batches: returns != .never && sending != .deliver && ending != .dropped
        case .twice: readsUntilCount
        case .first, .errors, .nobody: false
        }
    }

    /// Whether the reader has to see all of them before the end: what a loop leaves to the next one, `close` would drain.
    var readsUntilCount: Bool { reading == .twice && returns != .never && sending != .deliver && !drops }

    /// Whether anything drops messages.
    var drops: Bool { ending == .aborted || ending == .atOnce || ending == .dropped }

    /// Whether the life would wait for a reader that does not come.
    var needsRoom: Bool { returns == .always && !readsAll && sending != .deliver }
}

extension Life: CustomStringConvertible {
    var description: String {
        "life \(number): \(count) by \(sending), read by \(reading), end \(ending), successes \(returns), room \(room)"
    }
}
