// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

// The single things that a record consists of.
extension TemplateParser {
    /// More headers than this are a wrong number.
    private static let maximumHeaders = 10_000
    /// No size in Kafka's protocol is larger.
    private static let maximumSize = Int(Int32.max)

    /// Goes over a text that must be there; at the end of the input it may be missing.
    func skip(_ text: [UInt8], _ bytes: Span<UInt8>, _ draft: inout Draft) throws(Stop) {
        let length = min(text.count, bytes.count - draft.at)
        if length == 0, draft.isEnd, text == template.end { return }
        let isThere = (0..<length).allSatisfy { bytes[draft.at + $0] == text[$0] }
        if !isThere { throw .malformed("\(Self.shown(text)) of the template is not there") }
        if length < text.count { throw .needsMore }
        draft.at += length
    }

    /// Finds a part and goes behind it.
    func find(
        _ part: Template.Part,
        _ extent: Template.Extent,
        _ mayEndInput: Bool,
        _ bytes: Span<UInt8>,
        _ draft: inout Draft
    ) throws(Stop) -> Range<Int> {
        let start = draft.at
        switch extent {
        case .sized:
            let size = draft.sizes.last { $0.part == part }?.size ?? 0
            if size > limit {
                if draft.omitted == 0 { throw .oversized(size: size, isSized: true) }
                draft.omitted -= 1
                break
            }
            if size > bytes.count - start { throw .needsMore }
            draft.at += size
        case .until(let text):
            let end = bytes.firstIndex(of: text, from: start)
            guard let end = end ?? (draft.isEnd && mayEndInput ? bytes.count : nil) else {
                draft.openPart = start
                throw .needsMore
            }
            try check(end - start)
            draft.at = end
        case .rest:
            if !draft.isEnd {
                draft.openPart = start
                throw .needsMore
            }
            try check(bytes.count - start)
            draft.at = bytes.count
        }
        return start..<draft.at
    }

    /// A part that is too long is left out.
    private func check(_ size: Int) throws(Stop) {
        if size > limit { throw .oversized(size: size, isSized: false) }
    }

    func note(_ bytes: [UInt8], _ encoding: FieldEncoding, as part: Template.Part, _ draft: inout Draft) {
        let value: [UInt8]
        do throws(FieldEncoding.Invalid) {
            value = try encoding.decode(bytes)
        } catch {
            draft.problem = draft.problem ?? "the \(part) \(error.reason)"
            return
        }
        switch part {
        case .key: draft.record.key = isNull(value) ? nil : value
        case .value: draft.record.value = isNull(value) ? nil : value
        case .headerValue: draft.header.value = value
        case .topic, .headerName:
            guard let text = String(validating: value, as: UTF8.self) else {
                draft.problem = draft.problem ?? "the \(part) is not UTF-8"
                return
            }
            if part == .topic { draft.record.topic = text } else { draft.header.name = text }
        }
    }

    /// A number that does not fit leaves nothing to go by if it is a size; otherwise only its record is none.
    func note(_ number: Int, as quantity: Template.Quantity, _ draft: inout Draft) throws(Stop) {
        switch quantity {
        case .ignored: break
        case .size(let part):
            guard 0...Self.maximumSize ~= number else { throw .malformed("a size of \(number)") }
            draft.sizes.append((part, number))
        case .headerCount:
            draft.headerCount = 0...Self.maximumHeaders ~= number ? number : 0
            if draft.headerCount != number { draft.problem = "\(number) is no number of headers" }
        case .partition:
            if let partition = Int32(exactly: number), partition >= -1 {
                draft.record.partition = partition == -1 ? nil : partition
            } else {
                draft.problem = "\(number) is no partition"
            }
        case .timestamp: note(TimeText(number: Int64(number)), &draft)
        }
    }

    /// As in JSON, -1 is a time that the writer did not know.
    func note(_ time: TimeText, _ draft: inout Draft) {
        if time.milliseconds < -1 {
            draft.problem = draft.problem ?? "a time before 1970 is none that a record can have"
        }
        draft.record.setTime(time.milliseconds < 0 ? nil : time)
    }

    /// Reads a time that is written as a date, and goes behind it; false if none is there.
    func readDate(_ bytes: Span<UInt8>, _ draft: inout Draft) throws(Stop) -> Bool {
        switch TimeText.date(in: bytes, at: draft.at) {
        case .none: return false
        case .incomplete:
            if draft.isEnd { return false }
            throw .needsMore
        case .time(let milliseconds, let end):
            draft.at = end
            note(TimeText(date: milliseconds), &draft)
            return true
        }
    }

    private func isNull(_ value: [UInt8]) -> Bool { value.isEmpty && emptyIsNull || value == nullMarker }

    private static func shown(_ text: [UInt8]) -> String {
        String(decoding: text, as: UTF8.self).debugDescription
    }
}

extension Template.NumberFormat {
    /// Reads a number and goes behind it.
    func read(
        _ bytes: Span<UInt8>,
        _ draft: inout TemplateParser.Draft
    ) throws(TemplateParser.Stop) -> Int {
        switch self {
        case .constant(let number): return number
        case .ascii: return try Self.decimal(bytes, &draft)
        case .bool:
            for (text, number) in [("true", 1), ("false", 0)] {
                let count = min(text.utf8.count, bytes.count - draft.at)
                let isIt = zip(0..<count, text.utf8).allSatisfy { bytes[draft.at + $0] == $1 }
                if !isIt { continue }
                if count < text.utf8.count { throw .needsMore }
                draft.at += count
                return number
            }
            throw .malformed("neither true nor false")
        case .hexadecimal(let digits):
            var number: UInt64 = 0
            for offset in 0..<digits {
                if draft.at + offset == bytes.count { throw .needsMore }
                guard let digit = bytes[draft.at + offset].hexDigit else {
                    throw .malformed("a number without \(digits) hexadecimal digits")
                }
                number = number << 4 | UInt64(digit)
            }
            draft.at += digits
            return Int(truncatingIfNeeded: number)
        case .binary(let count, let isBigEndian):
            if bytes.count - draft.at < count { throw .needsMore }
            var number: UInt64 = 0
            for offset in 0..<count {
                number = number << 8 | UInt64(bytes[draft.at + (isBigEndian ? offset : count - 1 - offset)])
            }
            draft.at += count
            return Int(truncatingIfNeeded: number)
        }
    }

    /// Digits up to what is none; they may have a minus in front.
    private static func decimal(
        _ bytes: Span<UInt8>,
        _ draft: inout TemplateParser.Draft
    ) throws(TemplateParser.Stop) -> Int {
        var end = draft.at
        if end < bytes.count, bytes[end] == UInt8(ascii: "-") { end += 1 }
        // No number is longer, and what is longer may never end.
        let limit = min(bytes.count, end + 20)
        while end < limit, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[end] { end += 1 }
        if end == bytes.count, !draft.isEnd { throw .needsMore }
        let text = String(decoding: [UInt8](copying: bytes.extracting(draft.at..<end)), as: UTF8.self)
        guard let number = Int(text) else { throw .malformed("\"\(printable(text, limit: 30))\" is no number") }
        draft.at = end
        return number
    }
}
