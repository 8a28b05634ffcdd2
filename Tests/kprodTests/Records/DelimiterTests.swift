// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct DelimiterTests {
    @Test(
        arguments: [
            (":", [58]), (";Key;", Array(";Key;".utf8)), ("\\t", [9]), ("\\n\\r", [10, 13]), ("\\0", [0]),
            ("\\\\", [92]), ("\\x41", [0x41]), ("\\x1f\\x0", [0x1f, 0]), ("\\xFFg", [0xff, 103]), ("é", [0xc3, 0xa9]),
        ] as [(String, [UInt8])]
    )
    func reads(text: String, bytes: [UInt8]) throws {
        #expect(try Delimiter(text).bytes == bytes)
    }

    /// What kcat reads otherwise.
    @Test(
        arguments: [
            ("\\x41\\n", [0x41, 10]), ("\\x141", [0x41]), ("\\q\\", Array("\\q\\".utf8)), ("\\\\", [92, 92]),
            ("\\r\\0", [13, 0]),
        ] as [(String, [UInt8])]
    )
    func readsAsKcat(text: String, bytes: [UInt8]) throws {
        #expect(try Delimiter(text, .kcat).bytes == bytes)
    }

    @Test(arguments: ["", "\\", "\\q", "\\x", "\\xg"])
    func refuses(text: String) {
        #expect(throws: OptionValue.Invalid.self) { try Delimiter(text) }
    }

    @Test(
        arguments: [
            ("k:v", ":", 1), ("x", ":", nil), (":y", ":", 0), ("z:", ":", 1), ("a:b:c", ":", 1),
            ("aab", "ab", 1), ("a;;Kb;K;", ";K;", 5), ("ab", "abc", nil), ("", ":", nil), ("aaab", "aab", 1),
        ] as [(String, String, Int?)]
    )
    func isFoundFirst(line: String, delimiter: String, position: Int?) {
        #expect(Array(line.utf8).span.firstIndex(of: Array(delimiter.utf8)) == position)
    }
}
