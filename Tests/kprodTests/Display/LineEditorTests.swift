// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct LineEditorTests {
    private func edit(_ keys: String) -> (lines: String, isAtEnd: Bool) {
        var editor = LineEditor()
        let result = editor.take(Array(keys.utf8))
        return (String(decoding: result.lines, as: UTF8.self), result.isAtEnd)
    }

    @Test(
        arguments: [
            ("a\nb", "a\n"), ("ab\u{7f}c\n", "ac\n"), ("aé\u{8}b\n", "ab\n"), ("a😀\u{7f}\n", "a\n"),
            ("\u{7f}x\n", "x\n"),
            ("one two  \u{17}three\n", "one three\n"), ("gone\u{15}here\n", "here\n"), ("a\u{4}", "a"),
            ("\u{16}\u{4}\u{16}\u{7f}\n", "\u{4}\u{7f}\n"), ("\tx\n", "\tx\n"), ("a\u{12}b\n", "ab\n"),
        ]
    )
    func keys(keys: String, lines: String) {
        #expect(edit(keys).lines == lines)
        #expect(!edit(keys).isAtEnd)
    }

    @Test func theEndIsOnAnEmptyLine() {
        #expect(edit("a\n\u{4}b\n") == ("a\n", true))
        #expect(edit("a\u{4}\u{4}") == ("a", true))
    }

    @Test func bytesThatAreNoTextAreTakenBackOneByOne() {
        var editor = LineEditor()
        #expect(editor.take([97, 0x80, 0x7f, 0xff, 0x7f, 0x7f, 98, 10]).lines == [98, 10])
    }

    @Test func whatIsTakenBackLeavesTheScreen() {
        var editor = LineEditor()
        #expect(editor.take(Array("a\u{1}\u{7f}".utf8)).echo == Array("a^A\u{8} \u{8}\u{8} \u{8}".utf8))
    }
}
