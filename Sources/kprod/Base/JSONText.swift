// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes JSON objects, one per line.
///
/// Not Foundation's encoder: these are written by the million, and fields keep their order: people read them, and scripts
/// compare them.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    /// What was written, as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether a comma comes before the next member or element.
    private var hasPrevious = false

    /// Writes an object: a line of its own, or the member `name` of the one that is being written.
    mutating func object(_ name: String, _ members: (inout JSONText) -> Void) {
        begin(name)
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes a member that is a list; `elements` writes them with ``element(_:)``.
    mutating func array(_ name: String, _ elements: (inout JSONText) -> Void) {
        begin(name)
        open(UInt8(ascii: "["))
        elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes an object that is an element of a list.
    mutating func element(_ members: (inout JSONText) -> Void) {
        separate()
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes a number that is an element of a list.
    mutating func element(_ number: some BinaryInteger) {
        separate()
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Writes an object and a line break.
    mutating func line(_ members: (inout JSONText) -> Void) {
        hasPrevious = false
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
        bytes.append(10)
    }

    mutating func add(_ name: String, _ text: String) {
        begin(name)
        string(text.utf8)
    }

    mutating func add(_ name: String, _ number: some BinaryInteger) {
        begin(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func add(_ name: String, _ flag: Bool) {
        begin(name)
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    /// Null for nil.
    mutating func add(_ name: String, orNull text: String?) {
        if let text { add(name, text) } else { add(name, number: "null") }
    }

    /// Null for nil.
    mutating func add(_ name: String, orNull number: (some BinaryInteger)?) {
        if let number { add(name, number) } else { add(name, number: "null") }
    }

    /// A number that is written in full already.
    mutating func add(_ name: String, number: String) {
        begin(name)
        bytes.append(contentsOf: number.utf8)
    }

    /// Null, or bytes: as they are if they are UTF-8, else in base64 as `name_base64`.
    mutating func add(_ name: String, bytes content: [UInt8]?) {
        guard let content else { return add(name, number: "null") }
        guard String(validating: content, as: UTF8.self) != nil else { return add(name, base64: content) }
        begin(name)
        string(content)
    }

    /// An argument, such as the name of a file: its bytes, whatever they are.
    mutating func add(_ name: String, argument text: String) {
        if ArgumentText.isEscaped(text) { add(name, bytes: ArgumentText.bytes(of: text)) } else { add(name, text) }
    }

    /// Bytes in base64, as `name_base64`.
    mutating func add(_ name: String, base64 content: [UInt8]) {
        add("\(name)_base64", Data(content).base64EncodedString())
    }

    private mutating func begin(_ name: String) {
        separate()
        string(name.utf8)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func separate() {
        if hasPrevious { bytes.append(UInt8(ascii: ",")) }
        hasPrevious = true
    }

    private mutating func open(_ bracket: UInt8) {
        bytes.append(bracket)
        hasPrevious = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        hasPrevious = true
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private mutating func string(_ content: some Collection<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        // Nearly all text is written as it is.
        if content.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c && $0 != 0x7f }) {
            bytes.append(contentsOf: content)
            bytes.append(UInt8(ascii: "\""))
            return
        }
        for byte in content {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 10: bytes.append(contentsOf: "\\n".utf8)
            case 9: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20, 0x7f:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
