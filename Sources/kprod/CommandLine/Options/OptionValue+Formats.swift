// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

// Conversions of the options that say what the input looks like.
extension OptionValue {
    static func template(_ text: String) throws(Invalid) -> Template { try Template(text) }

    /// A time; nil is the moment a record is sent.
    static func timestamp(_ text: String) throws(Invalid) -> Timestamp? {
        if text == "now" { return nil }
        if let milliseconds = Int64(text), milliseconds > 0 { return Timestamp(millisecondsSinceEpoch: milliseconds) }
        for style in [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)] {
            guard let date = try? style.parse(text), 0..<1e12 ~= date.timeIntervalSince1970 else { continue }
            let milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded())
            if milliseconds > 0 { return Timestamp(millisecondsSinceEpoch: milliseconds) }
        }
        throw Invalid("is not a time; write now, milliseconds since 1970, or 2026-01-31T12:00:00Z")
    }

    static func schemaID(_ text: String) throws(Invalid) -> Int32 {
        guard let number = Int32(text), number >= 0 else { throw Invalid("is not the number of a schema") }
        return number
    }
}
