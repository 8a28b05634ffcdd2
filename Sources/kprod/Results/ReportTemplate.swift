// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// The form of a report's line, in rpk's verbs and some more for what rpk has no letter for.
struct ReportTemplate: Equatable, Sendable {
    /// What a letter behind `%` stands for.
    enum Verb: Character, CaseIterable, Sendable {
        case topic = "t", partition = "p", offset = "o", timestamp = "d"
        case key = "k", value = "v", keySize = "K", valueSize = "V", headerCount = "H"
        case status = "s", source = "f", line = "l", start = "a", sequence = "n", latency = "L"
        case errorCode = "C", errorName = "E", errorText = "R", persisted = "P"
    }

    enum Encoding: String, CaseIterable, Sendable {
        case text, hex, base64
    }

    enum Part: Equatable, Sendable {
        case literal([UInt8])
        case verb(Verb, Encoding)
        /// What is in the braces, for each header.
        case headers([Part])
    }

    private let parts: [Part]

    init(_ text: String) throws(OptionValue.Invalid) {
        var scanner = ReportTemplateScanner(text)
        parts = try scanner.parts()
    }

    /// Appends the line of an outcome.
    func write(_ outcome: Outcome, to bytes: inout [UInt8]) {
        for part in parts {
            switch part {
            case .literal(let text): bytes += text
            case .verb(let verb, let encoding): encoding.write(Self.field(verb, of: outcome), to: &bytes)
            case .headers(let parts):
                for header in outcome.contents.headers { Self.write(header, parts, to: &bytes) }
            }
        }
    }

    private static func write(_ header: RecordHeader, _ parts: [Part], to bytes: inout [UInt8]) {
        for part in parts {
            switch part {
            case .literal(let text): bytes += text
            case .verb(.key, let encoding): encoding.write(Array(header.name.utf8), to: &bytes)
            case .verb(_, let encoding): encoding.write(header.value?.array ?? [], to: &bytes)
            case .headers: break
            }
        }
    }

    /// What is unknown, or null, is empty.
    private static func field(_ verb: Verb, of outcome: Outcome) -> [UInt8] {
        switch verb {
        case .key: outcome.contents.key ?? []
        case .value: outcome.contents.value ?? []
        case .source: ArgumentText.bytes(of: outcome.origin.place.source)
        default: Array((outcome.text(verb) ?? "").utf8)
        }
    }
}

extension Outcome {
    /// What a verb stands for; nil when it is unknown, and for what is bytes.
    func text(_ verb: ReportTemplate.Verb) -> String? {
        switch verb {
        case .topic: topic.map { printable($0) }
        case .partition: partition.map { String($0) }
        case .offset: offset.map { String($0) }
        case .timestamp: timestamp.map { String($0.millisecondsSinceEpoch) }
        case .keySize: String(contents.key?.count ?? 0)
        case .valueSize: String(contents.value?.count ?? 0)
        case .headerCount: String(contents.headers.count)
        case .status: status.rawValue
        case .source: printable(origin.place.source, limit: .max)
        case .line: String(origin.place.line)
        case .start: String(origin.place.offset)
        case .sequence: String(origin.sequence)
        case .latency: latencyText
        case .errorCode: error.map { String($0.code.rawValue) }
        case .errorName: error?.name
        case .errorText: error.map { printable($0.message, limit: 1_000) }
        case .persisted: error.map { _ in persistenceText }
        case .key, .value: nil
        }
    }
}

extension ReportTemplate.Encoding {
    fileprivate func write(_ content: [UInt8], to bytes: inout [UInt8]) {
        switch self {
        case .text: bytes += content
        case .hex:
            for byte in content {
                let digits = String(byte, radix: 16)
                bytes.append(contentsOf: (digits.count == 1 ? "0" + digits : digits).utf8)
            }
        case .base64: bytes.append(contentsOf: Data(content).base64EncodedString().utf8)
        }
    }
}
