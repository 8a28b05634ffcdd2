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

@Suite struct JSONTextTests {
    @Test func membersStayInOrderAndTextIsEscaped() {
        var json = JSONText()
        json.line { json in
            json.array("b") { json in
                json.element(1 as Int32)
                json.element { $0.add("x", true) }
            }
            json.add("a", "x\"\u{1}/ü\n\u{7f}")
            json.add("c", orNull: nil as Int32?)
            json.add("d", orNull: "e")
        }
        #expect(json.text == #"{"b":[1,{"x":true}],"a":"x\"\u0001/ü\n\u007f","c":null,"d":"e"}"# + "\n")
    }
}
