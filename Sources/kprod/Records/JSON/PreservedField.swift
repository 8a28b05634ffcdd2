// SPDX-License-Identifier: Apache-2.0

/// What a record of `--format json` may bring along besides its value.
enum PreservedField: String, CaseIterable, Sendable {
    case timestamp, headers, key, topic, partition

    static let usual: Set<PreservedField> = [.timestamp, .headers, .key]
    static let all = Set(allCases)

    /// Names with commas between; `all` for all of them, `none` for none.
    static func list(_ text: String) throws(OptionValue.Invalid) -> Set<PreservedField> {
        if text == "all" { return all }
        if text == "none" { return [] }
        var fields: Set<PreservedField> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let field = PreservedField(rawValue: String(word)) else {
                let names = allCases.map(\.rawValue).joined(separator: ", ")
                throw OptionValue.Invalid("holds \"\(printable(String(word)))\", which is none of \(names), all, none")
            }
            fields.insert(field)
        }
        return fields
    }
}

extension InputRecord {
    /// The same without what is not to be kept.
    func keeping(_ fields: Set<PreservedField>) -> InputRecord {
        var copy = self
        if !fields.contains(.topic) { copy.topic = nil }
        if !fields.contains(.partition) { copy.partition = nil }
        if !fields.contains(.key) { copy.key = nil }
        if !fields.contains(.headers) { copy.headers = [] }
        if !fields.contains(.timestamp) { copy.setTime(nil) }
        return copy
    }
}
