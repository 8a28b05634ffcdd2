// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct TextTableTests {
    @Test func columnsAreAsWideAsTheirWidestCell() {
        let table = TextTable(["A", "LONG", "C"], rightAligned: [1], rows: [["aaa", "1", "x"], ["b", "22", ""]])
        #expect(table.text == "A    LONG  C\naaa     1  x\nb      22\n")
    }

    @Test func aLongCellMovesItsOwnRowOnly() {
        let long = String(repeating: "x", count: 50)
        let table = TextTable(["A", "B"], separator: " | ", rows: [[long, "1"], ["y", "2"]])
        let pad = String(repeating: " ", count: 39)
        #expect(table.text == "A\(pad) | B\n\(long) | 1\ny\(pad) | 2\n")
    }
}

@Suite struct JSONValueTests {
    @Test func membersStayInOrderAndTextIsEscaped() {
        let value: JSONValue = .object([
            ("b", .array([.number(1 as Int32), .null, .bool(true)])), ("a", .string("x\"\u{1}/ü\n")),
            ("c", .optional(nil as Int32?) { .number($0) }),
        ])
        #expect(value.text == #"{"b":[1,null,true],"a":"x\"\u0001/ü\n","c":null}"#)
    }
}
