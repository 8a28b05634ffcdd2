// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct CheckpointProgressTests {
    private func position(_ number: Int) -> Position { Position(byte: number * 10, line: number + 1) }

    private func place(_ number: Int) -> Place {
        Place(source: "in", line: number, offset: number * 10 - 10, end: position(number))
    }

    /// In whatever order records are done: the prefix, and what lies behind it, are those that a plain set says.
    @Test func agreesWithASet() {
        var random = SplitMix(seed: 3)
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
        let file = FileIdentity(dev: 1, inode: 2, size: 3, head_bytes: 0, head_sha256: "")
        var random = SplitMix(seed: 5)
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

    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ]
    )
    func hashesAsTheStandardSays(text: String, hash: String) {
        #expect(SHA256.hexadecimal(of: Array(text.utf8)) == hash)
    }
}
