// SPDX-License-Identifier: Apache-2.0

/// Reads the text of a template.
struct TemplateScanner {
    private var rest: Substring
    private let isHeader: Bool
    /// What has a size of its own in front.
    private var sized: [Template.Part] = []
    private var hasHeaderCount = false

    init(_ text: String, isHeader: Bool = false) {
        rest = text[...]
        self.isHeader = isHeader
    }

    mutating func elements() throws(OptionValue.Invalid) -> [Template.Element] {
        var elements: [Template.Element] = []
        var literal = ""
        func flush() throws(OptionValue.Invalid) {
            if literal.isEmpty { return }
            elements.append(.literal(try Delimiter(literal, .template).bytes))
            literal = ""
        }
        while let character = rest.popFirst() {
            if character == "\\" {
                literal.append(character)
                if let next = rest.popFirst() { literal.append(next) }
            } else if character != "%" {
                literal.append(character)
            } else if let next = rest.first, "%{}".contains(next) {
                literal.append(rest.removeFirst())
            } else {
                try flush()
                elements.append(try verb())
            }
        }
        try flush()
        if elements.isEmpty { throw OptionValue.Invalid("is empty; write a template such as '%k %v\\n'") }
        return try withExtents(elements)
    }

    private mutating func verb() throws(OptionValue.Invalid) -> Template.Element {
        guard let letter = rest.popFirst() else {
            throw OptionValue.Invalid("ends with %; write %% for a percent sign")
        }
        let modifier = letter == "h" ? nil : try braces()
        switch letter {
        case "k": return try part(isHeader ? .headerName : .key, modifier)
        case "v": return try part(isHeader ? .headerValue : .value, modifier)
        case "K": return try size(of: isHeader ? .headerName : .key, modifier)
        case "V": return try size(of: isHeader ? .headerValue : .value, modifier)
        case "t" where !isHeader: return try part(.topic, modifier)
        case "T" where !isHeader: return try size(of: .topic, modifier)
        case "p" where !isHeader: return .number(.partition, try Self.format(modifier))
        case "d" where !isHeader: return .number(.timestamp, try Self.format(modifier))
        case "o", "e", "x",
            "y" where !isHeader:
            return .number(.ignored, try Self.format(modifier))
        case "H" where !isHeader:
            hasHeaderCount = true
            return .number(.headerCount, try Self.format(modifier))
        case "h" where !isHeader:
            guard hasHeaderCount else {
                throw OptionValue.Invalid("has %h without the number of headers, %H, before it")
            }
            guard let inner = try braces() else { throw OptionValue.Invalid("has %h without {…}, such as %h{%k=%v }") }
            var scanner = TemplateScanner(inner, isHeader: true)
            return .headers(try scanner.elements())
        default:
            let known = isHeader ? "%k %v %K %V" : "%t %k %v %h %p %d %T %K %V %H"
            throw OptionValue.Invalid("has %\(printable(String(letter))), which is none of \(known) %%")
        }
    }

    /// What stands between braces, which may hold braces; nil if there are none.
    private mutating func braces() throws(OptionValue.Invalid) -> String? {
        guard rest.first == "{" else { return nil }
        rest.removeFirst()
        var depth = 1
        var text = ""
        while let character = rest.popFirst() {
            // %{ and %} are characters of the text.
            if character == "%", let next = rest.first, "{}".contains(next) {
                text += "%\(rest.removeFirst())"
                continue
            }
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if depth == 0 { return text }
            text.append(character)
        }
        throw OptionValue.Invalid("has a { without its }")
    }

    private func part(_ part: Template.Part, _ modifier: String?) throws(OptionValue.Invalid) -> Template.Element {
        guard let encoding = modifier.map({ FieldEncoding(rawValue: $0) }) ?? .text else {
            throw OptionValue.Invalid("has {\(printable(modifier ?? ""))} where {hex}, {base64} or {json} may stand")
        }
        return .part(part, encoding, sized.contains(part) ? .sized : .rest)
    }

    private mutating func size(
        of part: Template.Part,
        _ modifier: String?
    ) throws(OptionValue.Invalid) -> Template.Element {
        sized.append(part)
        return .number(.size(part), try Self.format(modifier))
    }

    private static func format(_ modifier: String?) throws(OptionValue.Invalid) -> Template.NumberFormat {
        switch modifier {
        case nil, "ascii", "number": return .ascii
        case "bool": return .bool
        case "byte": return .binary(bytes: 1, isBigEndian: true)
        case let modifier?:
            if let constant = UInt32(modifier) { return .constant(Int(constant)) }
            for (name, bits) in [("64", 64), ("32", 32), ("16", 16), ("8", 8), ("4", 4)] {
                if modifier == "hex\(name)" { return .hexadecimal(digits: bits / 4) }
                if bits > 4, modifier == "big\(name)" { return .binary(bytes: bits / 8, isBigEndian: true) }
                if bits > 4, modifier == "little\(name)" { return .binary(bytes: bits / 8, isBigEndian: false) }
            }
            throw OptionValue.Invalid(
                "has {\(printable(modifier))} where {ascii}, {hex64} to {hex4}, {big64} to {big8}, {little64} to "
                    + "{little8}, {byte}, {bool} or a number may stand"
            )
        }
    }

    /// A part without a size ends where the next text begins.
    private func withExtents(_ elements: [Template.Element]) throws(OptionValue.Invalid) -> [Template.Element] {
        var elements = elements
        for index in elements.indices {
            guard case .part(let part, let encoding, .rest) = elements[index] else { continue }
            if index + 1 == elements.count {
                if isHeader {
                    throw OptionValue.Invalid("has a header that ends nowhere; write a size or a text behind it")
                }
            } else if case .literal(let end) = elements[index + 1] {
                elements[index] = .part(part, encoding, .until(end))
            } else {
                throw OptionValue.Invalid("has a part that ends nowhere; write its size before it, or a text behind it")
            }
        }
        return elements
    }
}
