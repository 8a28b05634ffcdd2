// SPDX-License-Identifier: Apache-2.0

extension ConsoleRules {
    /// The properties of the console producer's reader; everything else after `--property` is librdkafka's.
    static let properties = [
        "parse.key", "parse.headers", "ignore.error", "key.separator", "headers.delimiter", "headers.separator",
        "headers.key.separator", "null.marker",
    ]

    /// Those that ask for these rules without naming the format.
    static let options: [Option.Name] = [.parseKey, .parseHeaders, .keySeparator, .readerProperty]

    init(_ arguments: ParsedArguments) throws(ToolError) {
        var headersSeparatorText = ","
        for (key, value) in try arguments.values(.readerProperty, OptionValue.property) {
            switch key {
            case "parse.key": parsesKey = Self.isTrue(value)
            case "parse.headers": parsesHeaders = Self.isTrue(value)
            case "ignore.error": ignoresErrors = Self.isTrue(value)
            case "key.separator": keySeparator = Array(value.utf8)
            case "headers.delimiter": headersDelimiter = Array(value.utf8)
            case "headers.separator": headersSeparatorText = value
            case "headers.key.separator": headerKeySeparator = Array(value.utf8)
            case "null.marker": nullMarker = Array(value.utf8)
            default:
                let hint = Suggestion.nearest(to: key, in: Self.properties).map { "; did you mean \($0)?" } ?? ""
                throw .usage("option --reader-property: there is no \"\(printable(key))\"\(hint)")
            }
        }
        parsesKey = parsesKey || arguments.has(.parseKey)
        parsesHeaders = parsesHeaders || arguments.has(.parseHeaders)
        keySeparator = try arguments.value(.keySeparator, OptionValue.delimiter)?.bytes ?? keySeparator
        nullMarker = try arguments.value(.nullMarker, OptionValue.bytes) ?? nullMarker
        do throws(OptionValue.Invalid) {
            headersSeparator = try HeaderSeparator(headersSeparatorText)
        } catch {
            throw .usage(
                "option --reader-property: headers.separator=\(printable(headersSeparatorText)) \(error.reason)"
            )
        }
        try checkConflicts(Array(headersSeparatorText.utf8))
    }

    /// As the console producer: with two equal ones nobody could tell what is meant.
    private func checkConflicts(_ headersSeparator: [UInt8]) throws(ToolError) {
        let marks = [
            ("headers.delimiter", headersDelimiter), ("headers.separator", headersSeparator),
            ("headers.key.separator", headerKeySeparator),
        ]
        for (name, bytes) in marks + [("key.separator", keySeparator)] {
            if bytes.isEmpty { throw .usage("option --reader-property: \(name) is empty; give at least one character") }
            if bytes == nullMarker { throw .usage("option --reader-property: null.marker and \(name) are equal") }
        }
        for (index, first) in marks.enumerated() {
            for second in marks[(index + 1)...] where first.1 == second.1 {
                throw .usage("option --reader-property: \(first.0) and \(second.0) are equal")
            }
        }
    }

    /// As the console producer reads it.
    private static func isTrue(_ value: String) -> Bool { value.lowercased().filter { !$0.isWhitespace } == "true" }
}
