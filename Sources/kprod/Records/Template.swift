// SPDX-License-Identifier: Apache-2.0

/// What a record looks like in the input, in the words of rpk: `%k %v\n`.
struct Template: Equatable, Sendable {
    /// What a part of the input is.
    enum Part: Equatable, Sendable {
        case topic, key, value, headerName, headerValue
    }

    /// What a number in the input says.
    enum Quantity: Equatable, Sendable {
        case partition, timestamp, headerCount
        case size(Part)
        /// Something that a record which is sent does not have, such as an offset.
        case ignored
    }

    enum NumberFormat: Equatable, Sendable {
        case ascii, bool
        case hexadecimal(digits: Int)
        case binary(bytes: Int, isBigEndian: Bool)
        /// Not in the input.
        case constant(Int)
    }

    /// Where a part ends.
    enum Extent: Equatable, Sendable {
        /// Its size came before.
        case sized
        case until([UInt8])
        /// It is the last thing of the input.
        case rest
    }

    indirect enum Element: Equatable, Sendable {
        case literal([UInt8])
        case number(Quantity, NumberFormat)
        case part(Part, FieldEncoding, Extent)
        /// As often as a number before says.
        case headers([Element])
    }

    let elements: [Element]

    init(_ text: String) throws(OptionValue.Invalid) {
        var scanner = TemplateScanner(text)
        elements = try scanner.elements()
        // Records without a value are deletes, and nothing in such an input says that this is meant.
        if !has(.value) {
            throw OptionValue.Invalid("has no %v; write where the value stands (--empty null has deletes)")
        }
    }

    /// Whether every record names its topic.
    var hasTopic: Bool { has(.topic) }

    var hasKey: Bool { has(.key) }

    var hasPartition: Bool {
        elements.contains { element in
            if case .number(.partition, _) = element { return true }
            return false
        }
    }

    private func has(_ wanted: Part) -> Bool {
        elements.contains { element in
            if case .part(wanted, _, _) = element { return true }
            return false
        }
    }

    /// What every record ends with, if that is a text.
    var end: [UInt8]? {
        guard case .literal(let end)? = elements.last else { return nil }
        return end
    }

    /// The length of the longest text in it.
    var longestText: Int {
        func longest(_ elements: [Element]) -> Int {
            elements.reduce(0) { length, element in
                switch element {
                case .literal(let text): max(length, text.count)
                case .headers(let inner): max(length, longest(inner))
                case .number, .part: length
                }
            }
        }
        return longest(elements)
    }
}
