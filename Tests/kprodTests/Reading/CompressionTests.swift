// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import kprod

@Suite(.timeLimit(.minutes(1))) struct CompressionTests {
    @Test(
        arguments: [
            ([0x1f, 0x8b, 0x08, 0], "gzip", "zcat"), ([0x28, 0xb5, 0x2f, 0xfd, 4, 0], "zstd", "zstdcat"),
            ([0x04, 0x22, 0x4d, 0x18, 0x64], "lz4", "lz4 -dc"), ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "xz", "xzcat"),
            (Array("BZh91AY&SY".utf8), "bzip2", "bzcat"),
        ] as [([UInt8], String, String)]
    )
    func aPackedFileIsRefused(bytes: [UInt8], kind: String, program: String) async throws {
        let files = try TemporaryFiles([:])
        let path = files.path("it's")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let dry = ["produce", "-t", "t", "--dry-run"]
        let outcome = try await KprodProcess.run(dry + [path])
        #expect(outcome.status == 66)
        let word = "'" + path.replacing("'", with: "'\\''") + "'"
        #expect(
            outcome.messages.first?.hasPrefix(
                "kprod: \(path): is compressed (\(kind)); type \(program) \(word) | kprod"
            )
                == true,
            "\(outcome)"
        )
        let redirected = try await KprodProcess.shell("kprod produce -t t --dry-run < \(word)")
        #expect(redirected.status == 66)
        // Whole, or through a pipe, it is what it is.
        #expect(try await KprodProcess.run(dry + ["--format", "file", path]).status == 0)
        #expect(try await KprodProcess.shell("cat \(word) | kprod produce -t t --dry-run").status == 0)
    }

    @Test func textIsNotPacked() {
        for head in [[], [0x1f], Array("BZ".utf8), Array("BZh91 is a word".utf8), Array("{\"a\":1}".utf8)] {
            #expect(Compression(head: head) == nil)
        }
    }

    @Test(
        arguments: [
            ("a/b-1.txt", "a/b-1.txt"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("é", "'é'"),
            ("a\nb", "$'a\\x0ab'"), ("$HOME", "'$HOME'"),
        ]
    )
    func wordsForShells(text: String, word: String) {
        #expect(ShellWord.quoted(text) == word)
    }

    @Test func bytesForShells() { #expect(ShellWord.quoted(ArgumentText.text(of: [97, 0xff, 39])) == "$'a\\xff\\''") }
}
