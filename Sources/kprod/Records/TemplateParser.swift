// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Finds records that look like a template.
struct TemplateParser: RecordParser {
    let template: Template
    /// A part of these bytes is null.
    var nullMarker: [UInt8]?
    /// Whether an empty key or value is null.
    var emptyIsNull = false
    /// The longest part, in bytes.
    let limit: Int

    /// Why there is no record yet, or none at all.
    enum Stop: Error {
        case needsMore
        case oversized(size: Int, isSized: Bool)
        case malformed(String)
    }

    /// What is known of a record while it is read.
    struct Draft {
        var record = InputRecord(value: nil)
        var at = 0
        var sizes: [(part: Template.Part, size: Int)] = []
        var headerCount = 0
        var header: (name: String, value: [UInt8]) = ("", [])
        let isEnd: Bool
        /// Where a part begins that has no end yet.
        var openPart: Int?
        /// So many parts that are over the limit have no bytes here.
        var omitted: Int
        /// Why it is none, although its end is known.
        var problem: String?
    }

    func parse(_ bytes: Span<UInt8>, omitted: Int, isEnd: Bool) -> ParsedRecord {
        var draft = Draft(isEnd: isEnd, omitted: omitted)
        do throws(Stop) {
            try read(template.elements, bytes, &draft)
        } catch {
            switch error {
            case .needsMore: return .needsMore(part: draft.openPart)
            case .oversized(let size, let isSized):
                return .oversized(at: draft.at, size: size, isSized: isSized)
            case .malformed(let reason): return recover(reason, bytes, from: draft.at, isEnd: isEnd)
            }
        }
        if draft.at == 0 { return .broken(reason: "the template takes nothing from the input") }
        if let problem = draft.problem { return .invalid(reason: problem, length: draft.at, isWhole: true) }
        return .record(draft.record, length: draft.at)
    }

    var longestText: Int { template.longestText }
    var endsRecords: Bool { template.end != nil }

    /// Goes on behind the text that ends a record.
    private func recover(_ reason: String, _ bytes: Span<UInt8>, from start: Int, isEnd: Bool) -> ParsedRecord {
        guard let end = template.end else { return .broken(reason: reason) }
        if let next = bytes.firstIndex(of: end, from: start) {
            return .invalid(reason: reason, length: next + end.count, isWhole: false)
        }
        if isEnd { return .invalid(reason: reason, length: bytes.count, isWhole: false) }
        // Nothing that says what is wrong reaches further: what is behind may go before the end has come.
        return .needsMore(part: start + max(longestText, 32))
    }

    private func read(
        _ elements: [Template.Element],
        _ bytes: Span<UInt8>,
        _ draft: inout Draft,
        isHeader: Bool = false
    ) throws(Stop) {
        for (index, element) in elements.enumerated() {
            switch element {
            case .literal(let text): try skip(text, bytes, &draft)
            case .number(.timestamp, .ascii) where try readDate(bytes, &draft): break
            case .number(let quantity, let format):
                try note(try format.read(bytes, &draft), as: quantity, &draft)
            case .part(let part, let encoding, let extent):
                let mayEndInput = !isHeader && index + 2 >= elements.count
                let range = try find(part, extent, mayEndInput, bytes, &draft)
                note([UInt8](copying: bytes.extracting(range)), encoding, as: part, &draft)
            case .headers(let inner):
                for _ in 0..<draft.headerCount {
                    draft.header = ("", [])
                    try read(inner, bytes, &draft, isHeader: true)
                    draft.record.headers.append(RecordHeader(draft.header.name, draft.header.value))
                }
            }
        }
    }
}
