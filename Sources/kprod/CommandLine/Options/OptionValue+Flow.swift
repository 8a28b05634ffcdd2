// SPDX-License-Identifier: Apache-2.0

// Conversions of the options that say how records flow.
extension OptionValue {
    /// `5000/s`, `10k/s`, `20MiB/s`.
    static func rate(_ text: String) throws(Invalid) -> Rate {
        let invalid = Invalid("is not a rate; write records such as 5000/s, or bytes such as 20MiB/s")
        guard text.hasSuffix("/s") else { throw invalid }
        let amount = String(text.dropLast(2))
        if let count = try? count(amount) { return Rate(perSecond: count, unit: .records) }
        guard let bytes = try? byteCount(amount), bytes > 0 else { throw invalid }
        return Rate(perSecond: bytes, unit: .bytes)
    }

    /// The name of a producer.
    static func transactionalID(_ text: String) throws(Invalid) -> String {
        if text.isEmpty { throw Invalid("is empty; name the producer") }
        return text
    }

    /// `0`, `10`, `1k`.
    static func countOrZero(_ text: String) throws(Invalid) -> Int { text == "0" ? 0 : try count(text) }
}

extension ErrorPolicy {
    init(_ arguments: ParsedArguments) throws(ToolError) {
        let reaction: Reaction? = try arguments.value(.onError, OptionValue.word)
        limit = try arguments.value(.maximumErrors, OptionValue.countOrZero)
        failsFast = arguments.has(.failFast)
        if reaction == .stop || failsFast {
            if limit != nil {
                throw .usage(
                    "option --max-errors: \(failsFast ? "--fail-fast" : "--on-error stop") allows none; give one of them"
                )
            }
            limit = 0
        }
        if reaction == .continue, failsFast {
            throw .usage("options --on-error continue and --fail-fast exclude each other")
        }
    }
}
