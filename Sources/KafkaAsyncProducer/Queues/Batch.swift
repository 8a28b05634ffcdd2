// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Messages of one partition that are handed to librdkafka together: what of a chunk has no outcome yet.
struct Batch: Sendable {
    let chunk: Chunk
    /// The ledger's mark for all of it.
    let mark: UInt8
    /// The positions without an outcome, in order.
    private(set) var pending: [Range<Int>]
    /// A client that is gone may have stored some of it, and it goes again all the same: nothing of it is certainly in no log.
    let mayBeStored: Bool

    init(_ chunk: Chunk, mark: UInt8) {
        (self.chunk, self.mark) = (chunk, mark)
        (pending, mayBeStored) = ([0..<chunk.count], false)
    }

    /// Some messages of a chunk.
    init(_ chunk: Chunk, mark: UInt8, pending: [Range<Int>], mayBeStored: Bool = false) {
        (self.chunk, self.mark, self.pending, self.mayBeStored) = (chunk, mark, pending, mayBeStored)
    }

    var count: Int { pending.reduce(0) { $0 + $1.count } }

    var isEmpty: Bool { pending.isEmpty }

    /// When the oldest was accepted, on the monotonic clock.
    var oldest: Int64 { pending.first.map { chunk.accepted(at: $0.lowerBound) } ?? .max }

    /// Takes the messages of `range` out that have no outcome; returns their positions.
    mutating func take(_ range: Range<Int>) -> [Range<Int>] {
        // As nearly always: the whole of it, in one piece or from the front.
        if pending.count == 1, let only = pending.first, only.lowerBound == range.lowerBound,
            only.upperBound >= range.upperBound
        {
            pending = only.upperBound == range.upperBound ? [] : [range.upperBound..<only.upperBound]
            return [range]
        }
        var taken: [Range<Int>] = []
        var rest: [Range<Int>] = []
        for piece in pending {
            let common = piece.clamped(to: range)
            if common.isEmpty {
                rest.append(piece)
                continue
            }
            taken.append(common)
            if piece.lowerBound < common.lowerBound { rest.append(piece.lowerBound..<common.lowerBound) }
            if common.upperBound < piece.upperBound { rest.append(common.upperBound..<piece.upperBound) }
        }
        pending = rest
        return taken
    }

    /// Takes out the messages that were accepted before `time`, as a batch of their own; nil when none was.
    mutating func takeAccepted(before time: Int64) -> Batch? {
        guard oldest < time else { return nil }
        var expired = Batch(chunk, mark: mark, pending: [], mayBeStored: mayBeStored)
        while let first = pending.first, chunk.accepted(at: first.lowerBound) < time {
            // They were accepted in order: the first that is young enough ends it.
            var (low, high) = (first.lowerBound, first.upperBound)
            while low < high {
                let middle = (low + high) / 2
                if chunk.accepted(at: middle) < time { low = middle + 1 } else { high = middle }
            }
            expired.pending.append(first.lowerBound..<low)
            pending.removeFirst()
            if low < first.upperBound { pending.insert(low..<first.upperBound, at: 0) }
        }
        return expired
    }
}
