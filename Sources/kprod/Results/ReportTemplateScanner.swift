// SPDX-License-Identifier: Apache-2.0

/// Reads a template: text, `%x` with an optional `{encoding}`, `%h{…}`, and `%% %{ %} \n \t \r \0 \\ \xNN`.
struct ReportTemplateScanner {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func parts() throws(OptionValue.Invalid) -> [ReportTemplate.Part] {
        let parts = try list(isInHeaders: false)
        if !rest.isEmpty { throw OptionValue.Invalid("has a } without a { before it; %} is the character") }
        return parts
    }

    /// Up to the end, or to a closing brace.
    private mutating func list(isInHeaders: Bool) throws(OptionValue.Invalid) -> [ReportTemplate.Part] {
        var parts: [ReportTemplate.Part] = []
        var literal = ""
        func flush() throws(OptionValue.Invalid) {
            if literal.isEmpty { return }
            // Escapes are those of delimiters.
            parts.append(.literal(try Delimiter(literal).bytes))
            literal = ""
        }
        while let character = rest.first, character != "}" {
            rest.removeFirst()
            if character == "\\", let next = rest.popFirst() {
                literal += "\\\(next)"
            } else if character != "%" {
                literal.append(character)
            } else if let next = rest.first, "%{}".contains(next) {
                literal.append(rest.removeFirst())
            } else {
                try flush()
                parts.append(try verb(isInHeaders: isInHeaders))
            }
        }
        try flush()
        return parts
    }

    private mutating func verb(isInHeaders: Bool) throws(OptionValue.Invalid) -> ReportTemplate.Part {
        guard let letter = rest.popFirst() else { throw OptionValue.Invalid("ends with a %; %% is the character") }
        if letter == "h", !isInHeaders {
            guard rest.popFirst() == "{" else { throw OptionValue.Invalid("has a %h without {…}, such as %h{%k=%v }") }
            let parts = try list(isInHeaders: true)
            if rest.popFirst() != "}" { throw OptionValue.Invalid("has a %h{ without its }") }
            return .headers(parts)
        }
        let allowed = isInHeaders ? [.key, .value] : ReportTemplate.Verb.allCases
        guard let verb = allowed.first(where: { $0.rawValue == letter }) else {
            let verbs = allowed.map { "%\($0.rawValue)" }.joined(separator: " ")
            let place = isInHeaders ? " inside of %h{…}" : ""
            throw OptionValue.Invalid("has a %\(printable(String(letter)))\(place); there are \(verbs)")
        }
        return .verb(verb, try encoding())
    }

    private mutating func encoding() throws(OptionValue.Invalid) -> ReportTemplate.Encoding {
        guard rest.first == "{" else { return .text }
        let word = rest.dropFirst().prefix { $0 != "}" }
        rest = rest.dropFirst(word.count + 1)
        if rest.popFirst() != "}" { throw OptionValue.Invalid("has a { behind a verb without its }") }
        if let encoding = ReportTemplate.Encoding(rawValue: String(word)) { return encoding }
        throw OptionValue.Invalid("has {\(printable(String(word)))} behind a verb; there are {text}, {hex}, {base64}")
    }
}
