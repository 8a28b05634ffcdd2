// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import kprod

@Suite struct CheckpointProgressTests {
    private func position(_ number: Int) -> Position { Position(byte: number * 10, line: number + 1) }

    private func place(_ number: Int) -> Place {
        Place(source: "in", line: number, offset: number * 10 - 10, end: position(number))
    }

    /// In whatever order records are done: the prefix, and what lies behind it, are those that a plain set says.
    @Test func agreesWithASet() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<500 {
            let count = Int.random(in: 1...40, using: &random)
            var progress = Progress()
            var done: Set<Int> = []
            for number in (1...count).shuffled(using: &random) {
                progress.finish(number, endingAt: position(number))
                done.insert(number)
                let prefix = (1...count + 1).first { !done.contains($0) }.map { $0 - 1 }
                #expect(progress.prefix == prefix)
                #expect(progress.position == (progress.prefix == 0 ? .init() : position(progress.prefix)))
                let sparse = progress.sparse.flatMap { Array($0.first...$0.last) }
                #expect(sparse == done.filter { $0 > progress.prefix }.sorted())
                #expect(zip(progress.sparse, progress.sparse.dropFirst()).allSatisfy { $0.last + 1 < $1.first })
            }
            #expect(progress.prefix == count && progress.gapCount == 0)
        }
    }

    /// A run that goes on from a checkpoint, at whatever moment it was written, sends each record that is not done
    /// exactly once, whether it can begin in the middle or reads all of the input again.
    @Test(arguments: [true, false])
    func nothingIsLostOrSentTwice(canSeek: Bool) throws {
        let file = FileIdentity(dev: 1, inode: 2, size: 3, head_bytes: 0, head_digest: "")
        var random = SplitMix64(seed: 5)
        for _ in 0..<300 {
            let count = Int.random(in: 1...30, using: &random)
            var done: Set<Int> = []
            var earlier: CheckpointFile.Input?
            for _ in 0..<4 {
                var input = InputProgress("in", canSeek ? file : nil, from: earlier)
                var (start, cursor) = input.begin(0, canSeek: true)
                #expect(start == (canSeek && input.progress.prefix > 0 ? position(input.progress.prefix) : .init()))
                let first = canSeek ? input.progress.prefix + 1 : 1
                var sent: [Mark] = []
                let last = Int.random(in: 0...count, using: &random)
                for number in stride(from: first, through: last, by: 1) {
                    switch cursor.next(place(number)) {
                    case .send(let mark):
                        #expect(mark.number == number && !done.contains(number))
                        sent.append(mark)
                    case .settle(let mark):
                        #expect(done.contains(number))
                        input.progress.finish(mark.number, endingAt: mark.end)
                    case .pass: #expect(done.contains(number))
                    }
                }
                for mark in sent.shuffled(using: &random).prefix(Int.random(in: 0...sent.count, using: &random)) {
                    input.progress.finish(mark.number, endingAt: mark.end)
                    done.insert(mark.number)
                }
                let snapshot = input.snapshot
                let known =
                    Array(1..<snapshot.acked_records + 1)
                    + snapshot.sparse_acked.flatMap { Array($0[0]...$0[1]) }
                #expect(known == done.sorted())
                earlier = snapshot
            }
        }
    }

    /// A last record that had no end, in a file that has grown since: it is another one, and not cut in two; unless
    /// only its end was added.
    @Test(arguments: [(true, false), (true, true), (false, false), (false, true)])
    func aLastRecordThatHasGrown(isFile: Bool, hasOnlyEnded: Bool) {
        func file(_ size: UInt64) -> FileIdentity? {
            isFile ? FileIdentity(dev: 1, inode: 2, size: size, head_bytes: 0, head_digest: "") : nil
        }
        func place(_ number: Int, to end: Int, isOpen: Bool) -> Place {
            Place(
                source: "in",
                line: number,
                offset: number * 10 - 10,
                end: Position(byte: isOpen ? end : end + 1, line: number + 1),
                contentEnd: end,
                isOpen: isOpen
            )
        }
        var first = InputProgress("in", file(13))
        var (_, cursor) = first.begin(0, canSeek: true)
        for (number, end) in [(1, 9), (2, 13)] {
            guard case .send(let mark) = cursor.next(place(number, to: end, isOpen: number == 2)) else { continue }
            first.settle(mark)
        }
        #expect(first.snapshot.acked_records == 2 && first.snapshot.open_record?.begin == 10)
        // Nothing was added.
        var same = InputProgress("in", file(13), from: first.snapshot)
        if isFile { #expect(same.begin(0, canSeek: true).start == Position(byte: 13, line: 3)) }

        var second = InputProgress("in", file(20), from: first.snapshot)
        let begun = second.begin(0, canSeek: true)
        #expect(begun.start == (isFile ? Position(byte: 10, line: 2) : Position()))
        cursor = begun.cursor
        if !isFile, case .pass = cursor.next(place(1, to: 9, isOpen: false)) {}
        let step = cursor.next(place(2, to: hasOnlyEnded ? 13 : 17, isOpen: false))
        if hasOnlyEnded {
            guard case .settle(let mark) = step else { return #expect(Bool(false), "\(step)") }
            second.settle(mark)
        } else {
            #expect(second.snapshot.acked_records == 1)
            guard case .send(let mark) = step else { return #expect(Bool(false), "\(step)") }
            second.settle(mark)
        }
        #expect(second.snapshot.acked_records == 2 && second.snapshot.open_record == nil)
    }
}
