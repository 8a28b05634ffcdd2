// SPDX-License-Identifier: Apache-2.0

/// Which options do nothing together: they are refused by name, so that none is ignored without a word.
///
/// What excludes each other by what it says is refused where it is read; here is what would have no effect.
enum OptionRules {
    /// An option that does nothing beside the others.
    typealias Exclusion = (Option.Name, besides: [Option.Name], reason: String)
    /// An option that needs one of the others.
    typealias Need = (Option.Name, anyOf: [Option.Name], words: String)

    private static let excluded: [Exclusion] = [
        (.rate, [.dryRun], "nothing is sent"), (.report, [.dryRun], "nothing has an outcome"),
        (.deadLetter, [.dryRun], "nothing is sent"), (.drainTimeout, [.dryRun], "nothing is on its way"),
        (.resend, [.dryRun], "nothing is sent"),
        (.progress, [.dryRun], "it shows what is sent"), (.statsFile, [.dryRun], "it tells of what is sent"),
        (.createTopic, [.dryRun], "it changes nothing"),
        (.checkTopic, [.dryRun], "with -b it looks by itself"),
        (.transactionSize, [.dryRun], "nothing is sent"), (.transactionTime, [.dryRun], "nothing is sent"),
        (.onError, [.transactionalID], "a failure aborts the transaction"),
        (.maximumErrors, [.transactionalID], "a failure aborts the transaction"),
        (.resend, [.transactionalID], "a failure aborts the transaction"),
        (.keyJSON, [.key, .keyFile, .keyFromFilename, .keyDelimiter, .parseKey, .keyFrame], "each is the key"),
        (.partitionJSON, [.partition], "each is the partition"),
        (.keyJSON, [.tombstone], "there is no value"), (.headerJSON, [.tombstone], "there is no value"),
        (.partitionJSON, [.tombstone], "there is no value"), (.valueEncoding, [.tombstone], "there is no value"),
        (.schemaID, [.tombstone], "there is no value"), (.nullMarker, [.tombstone], "there is no value"),
        (.checkTopic, [.createTopic], "--create looks as well"),
    ]

    private static let needed: [Need] = [
        (.keySeparator, [.parseKey, .readerProperty], "--parse-key"), (.keyFrame, [.frame], "--frame PREFIX"),
        (.newPartitions, [.createTopic], "--create"), (.replicationFactor, [.createTopic], "--create"),
        (.missingValue, [.format], "--format json"), (.unknownMembers, [.format], "--format json"),
    ]

    /// For each option the kinds of input that it has an effect on; those that are not here have one on all.
    private static let kinds: [(Option.Name, Set<Kind>)] = [
        (.empty, [.lines, .whole, .template]), (.chompReturn, [.lines, .whole]),
        (.nullMarker, [.lines, .whole, .console, .template, .values]), (.preserve, [.json]),
        (.missingValue, [.json]), (.unknownMembers, [.json]), (.delimiter, [.lines]), (.keyDelimiter, [.lines]),
        (.whole, [.whole]), (.template, [.template]), (.frame, [.framed]), (.keyFrame, [.framed]),
        (.parseKey, [.console]), (.parseHeaders, [.console]), (.keySeparator, [.console]),
        (.readerProperty, [.console]), (.keyFromFilename, [.whole]), (.follow, [.lines, .console]),
        (.fromEnd, [.lines, .console]), (.checkpoint, Kind.read),
        (.resume, Kind.read),
    ]

    /// How the input is made of records.
    enum Kind: Hashable {
        case lines, whole, console, template, framed, values, json

        static let read: Set<Kind> = [.lines, .whole, .console, .template, .framed, .json]

        init(_ input: ProduceJob.Input) {
            switch input {
            case .lines: self = .lines
            case .whole: self = .whole
            case .console: self = .console
            case .template: self = .template
            case .framed: self = .framed
            case .values: self = .values
            case .json: self = .json
            }
        }

        /// The options that say so, the one to be named first.
        var options: [Option.Name] {
            switch self {
            case .lines: [.format]
            case .whole: [.whole, .format]
            case .console: [.parseKey, .parseHeaders, .keySeparator, .readerProperty, .format]
            case .template: [.template, .format]
            case .framed: [.frame, .keyFrame, .format]
            case .values: [.value, .tombstone]
            case .json: [.format]
            }
        }
    }

    /// Refuses what would be ignored.
    static func check(_ arguments: ParsedArguments, for input: ProduceJob.Input) throws(ToolError) {
        try check(arguments, excluded, needed)
        try checkKinds(arguments, Kind(input))
        try checkEncodings(arguments, input)
        if case .template(let template) = input { try checkTemplate(arguments, template) }
        if let encoding: FieldEncoding = try arguments.value(.valueEncoding, OptionValue.word),
            ![.text, .json].contains(encoding),
            let option = [Option.Name.keyJSON, .headerJSON, .partitionJSON].first(where: arguments.has)
        {
            throw .usage(
                "option \(arguments.spelling(option)) needs values that are JSON as they are; leave out --value-encoding"
            )
        }
    }

    static func check(
        _ arguments: ParsedArguments,
        _ excluded: [Exclusion],
        _ needed: [Need]
    ) throws(ToolError) {
        for (option, others, reason) in excluded where arguments.has(option) {
            guard let other = others.first(where: arguments.has) else { continue }
            throw .usage(
                "option \(arguments.spelling(option)) does nothing with \(arguments.spelling(other)): \(reason); leave out "
                    + "one of them"
            )
        }
        for (option, others, words) in needed where arguments.has(option) && !others.contains(where: arguments.has) {
            throw .usage("option \(arguments.spelling(option)) needs \(words)")
        }
    }

    private static func checkKinds(_ arguments: ParsedArguments, _ kind: Kind) throws(ToolError) {
        for (option, kinds) in kinds where arguments.has(option) && !kinds.contains(kind) {
            let named = kind.options.first(where: arguments.has)
            let format = named == .format ? arguments.strings(.format).last.map { " \(printable($0))" } : nil
            let said = named.map { arguments.spelling($0) + (format ?? "") } ?? "lines"
            throw .usage("option \(arguments.spelling(option)) does nothing with \(said); leave out one of them")
        }
    }

    /// What every record of a template says itself.
    private static func checkTemplate(_ arguments: ParsedArguments, _ template: Template) throws(ToolError) {
        let said = [
            (Option.Name.topic, "%t", template.hasTopic), (.keyJSON, "%k", template.hasKey),
            (.partitionJSON, "%p", template.hasPartition),
        ]
        for (option, verb, isSaid) in said where isSaid && arguments.has(option) {
            throw .usage(
                "option \(arguments.spelling(option)) and \(verb) of the template say the same; leave out one of them"
            )
        }
    }

    /// An encoding of something that no record has.
    private static func checkEncodings(_ arguments: ParsedArguments, _ input: ProduceJob.Input) throws(ToolError) {
        let kind = Kind(input)
        let keys: [Option.Name] = [
            .key, .keyFile, .keyFromFilename, .keyDelimiter, .parseKey, .readerProperty, .keyFrame, .keyJSON,
        ]
        let isKeyed =
            keys.contains(where: arguments.has) || [.json, .template].contains(kind) || arguments.has(.format)
        if arguments.has(.keyEncoding), !isKeyed {
            throw .usage("option --key-encoding does nothing: the records have no keys; see -k and -K")
        }
        let hasHeaders =
            [Option.Name.header, .headerJSON, .parseHeaders, .readerProperty].contains(where: arguments.has)
            || [.json, .template].contains(kind)
        if arguments.has(.headerEncoding), !hasHeaders {
            throw .usage("option --header-encoding does nothing: the records have no headers; see -H")
        }
    }
}
