// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What the argument of an option, or an operand, is made of: read from the word that stands for it in the help.
enum ArgumentKind: Equatable {
    case files
    case topics
    case profiles
    case properties
    case words([String])
    case anything

    init(_ placeholder: String) {
        let bare = placeholder.filter { !"[]…".contains($0) }
        let parts = bare.split(separator: "|").map { $0.split(separator: " ").first.map { String($0) } ?? "" }
        switch bare {
        case "TOPIC": self = .topics
        case "CONTEXTS": self = .words(["broker", "topic", "msg", "security", "protocol", "metadata", "all"])
        default:
            if parts.contains(where: { $0.hasPrefix("FILE") }) {
                self = .files
            } else if parts.count > 1, parts.allSatisfy({ !$0.isEmpty && $0 == $0.lowercased() }) {
                self = .words(parts)
            } else {
                self = .anything
            }
        }
    }

    init(of option: Option) {
        switch option.name {
        case .property: self = .properties
        case .profile: self = .profiles
        case .topic: self = .topics
        case .compression: self = .words(of: AsyncProducer.Configuration.Batching.Compression.self)
        case .color: self = .words(of: TerminalTraits.ColorChoice.self)
        case .progress: self = .words(of: ProgressOptions.Kind.self)
        case .onError: self = .words(of: ErrorPolicy.Reaction.self)
        case .missingValue: self = .words(of: EnvelopeRules.MissingValue.self)
        case .unknownMembers: self = .words(of: EnvelopeRules.UnknownMembers.self)
        case .empty: self = .words(of: RecordRules.Empty.self)
        case .reportScope: self = .words(of: Report.Scope.self)
        case .keyEncoding, .valueEncoding, .headerEncoding: self = .words(of: FieldEncoding.self)
        case .frame: self = .words(of: FrameParser.Prefix.self)
        // A template may stand there, too.
        case .reportFormat: self = .words(["ndjson", "tsv"])
        case .format: self = .words(option.helpWords)
        default: self = option.argument.map { ArgumentKind($0) } ?? .anything
        }
    }

    /// The words that the parser takes.
    private static func words<Value: RawRepresentable & CaseIterable>(of type: Value.Type) -> ArgumentKind
    where Value.RawValue == String {
        .words(type.allCases.map(\.rawValue))
    }

    /// What may come in place of `word`.
    func completion(of word: String) -> Completion {
        switch self {
        case .files: .files
        case .topics: Completion(includesTopics: true)
        case .profiles: Completion(includesProfiles: true)
        case .properties: Self.properties(word)
        case .words(let words): .words(words).matching(word)
        case .anything: .nothing
        }
    }

    /// Names up to the `=`, values after it.
    private static func properties(_ word: String) -> Completion {
        let known = AsyncProducer.Configuration.knownProperties.filter(\.isForProducers)
        guard let equals = word.firstIndex(of: "=") else {
            let names = known.map { property in
                let range = property.range.replacing(" .. ", with: "–")
                return Completion.Candidate("\(property.name)=", range.isEmpty ? property.type : range)
            }
            return Completion(candidates: names).matching(word)
        }
        let name = word[..<equals]
        guard let property = known.first(where: { $0.name == name }) else { return .nothing }
        let values =
            property.isSecret
            ? ["@", "env:", "fd:3", "prompt:"]
            : property.range.split(separator: ",").map { range in
                String(range.drop { $0 == " " })
            }
        return Completion.words(values.filter { !$0.contains("..") }).prefixed("\(name)=").matching(word)
    }
}

extension Option {
    /// The words that the help names, up to a full stop: `lines (default), kv (cut at -K)` are lines and kv.
    var helpWords: [String] {
        var depth = 0
        let bare = help.prefix { $0 != "." }.filter { character in
            if character == "(" { depth += 1 }
            defer { if character == ")" { depth -= 1 } }
            return depth == 0
        }
        return bare.replacing(" or ", with: ", ").split(separator: ",").map { $0.filter { $0 != " " } }
            .filter { !$0.isEmpty }
    }
}
