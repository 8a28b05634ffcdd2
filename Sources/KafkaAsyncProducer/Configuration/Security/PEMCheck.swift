// SPDX-License-Identifier: Apache-2.0

/// Whether a text holds whole certificates or a whole key: librdkafka takes an empty one for none at all, trusts the
/// system's authorities or shows no certificate, and the broker's refusal then names another cause. Pure.
struct PEMCheck {
    /// What a property's text must hold.
    enum Content {
        case certificates
        case key
        /// Revoked ones, or parameters: any whole block.
        case any

        func includes(_ label: String) -> Bool {
            switch self {
            case .certificates: label.hasSuffix("CERTIFICATE")
            case .key: label.hasSuffix("PRIVATE KEY")
            case .any: true
            }
        }
    }

    private struct Block {
        let label: String
        var body: [UInt8] = []
        var hasHeaders = false
    }

    private var block: Block?
    private var found = 0

    /// What is wrong, without a word of the text; nil when nothing is.
    static func fault(in text: some Sequence<UInt8>, content: Content) -> String? {
        let text = Array(text)
        guard text.contains(where: { $0 > 32 }) else { return "it is empty" }
        // OpenSSL would leave out the block behind it.
        if text.starts(with: "\u{FEFF}-----".utf8) { return "it begins with a byte order mark: save it without one" }
        var check = PEMCheck()
        for line in text.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            if let fault = check.read(line, content) { return fault }
        }
        if check.block != nil { return "it is cut off: an -----END line is missing" }
        guard check.found == 0 else { return nil }
        let isOneLine = !text.contains(10) && String(decoding: text, as: UTF8.self).contains("\\n")
        if isOneLine { return "it has \\n in letters where lines should end" }
        return content == .key ? "it holds no private key in PEM" : "it holds no certificate in PEM"
    }

    /// Takes one line; returns what is wrong with it.
    private mutating func read(_ line: ArraySlice<UInt8>, _ content: Content) -> String? {
        let line = line.trimmedAtEnd
        if line.starts(with: "-----".utf8), line.count > 10 {
            let words = String(decoding: line.dropFirst(5), as: UTF8.self)
            if let label = Self.label(words, "BEGIN ") {
                if block != nil { return "a block in it is cut off: a second one begins before its -----END line" }
                block = Block(label: label)
                return nil
            }
            if let label = Self.label(words, "END ") {
                guard let whole = block.take(), whole.label == label else {
                    return "an -----END line in it belongs to no block"
                }
                if content.includes(label) { found += 1 }
                return Self.isWhole(whole) ? nil : "a block in it is cut off or damaged"
            }
        }
        guard block != nil, !line.isEmpty else { return nil }
        // As in `Proc-Type: 4,ENCRYPTED`.
        if line.contains(UInt8(ascii: ":")) { block?.hasHeaders = true } else { block?.body += line.filter { $0 > 32 } }
        return nil
    }

    private static func label(_ words: String, _ start: String) -> String? {
        guard words.hasPrefix(start), words.hasSuffix("-----") else { return nil }
        return String(words.dropFirst(start.count).dropLast(5))
    }

    /// Whether the length that the data say of themselves is the one they have.
    private static func isWhole(_ block: Block) -> Bool {
        let padding = block.body.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let digits = block.body.dropLast(padding).map { Self.value(ofDigit: $0) }
        guard !digits.isEmpty, padding <= 2, block.body.count.isMultiple(of: 4), !digits.contains(nil) else {
            return false
        }
        let isKnown = Content.key.includes(block.label) || block.label == "CERTIFICATE"
        // Of an encrypted key of the old kind nothing can be seen.
        if block.hasHeaders || !isKnown { return true }
        let bits =
            digits.prefix(8).reduce(UInt64(0)) { $0 << 6 | UInt64($1 ?? 0) } << UInt64(6 * (8 - min(8, digits.count)))
        let head = (0..<6).map { Int(bits >> UInt64(40 - 8 * $0) & 0xFF) }
        let count = block.body.count / 4 * 3 - padding
        // DER: a sequence, its length in one byte or in as many as the first one says.
        guard head[0] == 0x30 else { return false }
        if head[1] < 0x80 { return count == 2 + head[1] }
        let bytes = head[1] & 0x7F
        guard 1...4 ~= bytes else { return false }
        return count == 2 + bytes + head[2..<(2 + bytes)].reduce(0) { $0 << 8 | $1 }
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmedAtEnd: ArraySlice<UInt8> {
        var line = self
        while let last = line.last, last <= 32 { line.removeLast() }
        return line
    }
}
