// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Turns places into numbers that ride with records, and back: what failed can be named without a table of records.
///
/// The number of the input is in the upper bits and the line below, so that the earlier of two places has the smaller
/// number.
final class PlaceTags: Sendable {
    private static let lineBits = 32
    /// The library's tags have 48 bits.
    private static let sourceLimit = 1 << 16

    private struct State {
        var sources: [String] = []
        var numbers: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// What the tags of lines of `source` begin with; nil for one input too many.
    func base(of source: String) -> UInt64? {
        state.withLock { state in
            if let number = state.numbers[source] { return UInt64(number) << Self.lineBits }
            if state.sources.count == Self.sourceLimit { return nil }
            state.numbers[source] = state.sources.count
            state.sources.append(source)
            return UInt64(state.sources.count - 1) << Self.lineBits
        }
    }

    /// The tag of a line; nil for one that is too far behind.
    static func tag(_ base: UInt64?, line: Int) -> UInt64? {
        guard let base, line < 1 << lineBits else { return nil }
        return base | UInt64(clamping: line)
    }

    /// As in `at orders.txt:17`.
    func text(of tag: UInt64) -> String? {
        let (index, line) = (Int(tag >> Self.lineBits), tag & ((1 << Self.lineBits) - 1))
        return state.withLock { $0.sources.indices.contains(index) ? "at \($0.sources[index]):\(line)" : nil }
    }
}
