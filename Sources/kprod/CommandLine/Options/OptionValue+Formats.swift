// SPDX-License-Identifier: Apache-2.0

// Conversions of the options that say what the input looks like.
extension OptionValue {
    static func template(_ text: String) throws(Invalid) -> Template { try Template(text) }

    /// A time; nil is the moment a record is sent.
    static func time(_ text: String) throws(Invalid) -> TimeText? {
        if text == "now" { return nil }
        guard let time = TimeText(Array(text.utf8).span), time.milliseconds > 0 else {
            throw Invalid("is not a time; write now, milliseconds since 1970, or 2026-01-31T12:00:00Z")
        }
        return time
    }

    static func pointer(_ text: String) throws(Invalid) -> JSONPointer { try JSONPointer(text) }

    /// A pointer, with a name in front or that of the field it leads to.
    static func namedPointer(_ text: String) throws(Invalid) -> (name: String, pointer: JSONPointer) {
        if let equals = text.firstIndex(of: "="), !text.hasPrefix("/") {
            return (String(text[..<equals]), try JSONPointer(String(text[equals...].dropFirst())))
        }
        let pointer = try JSONPointer(text)
        guard let name = pointer.lastName else { throw Invalid("has no name; write NAME=, and the pointer behind it") }
        return (name, pointer)
    }

    static func schemaID(_ text: String) throws(Invalid) -> Int32 {
        guard let number = Int32(text), number >= 0 else { throw Invalid("is not the number of a schema") }
        return number
    }
}
