// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// How the fields of every record stand for their bytes.
struct FieldEncodings: Equatable, Sendable {
    var key = FieldEncoding.text
    var value = FieldEncoding.text
    var header = FieldEncoding.text
    /// The schema that every value is of, written in front of it as Confluent's serializers do.
    var schemaID: Int32?

    /// Whether the fields are what they stand for.
    var isPlain: Bool { self == FieldEncodings() }

    /// Replaces each field by its bytes; what is null stays null.
    func decode(_ record: inout InputRecord) throws(FieldEncoding.Invalid) {
        record.key = try Self.decode(record.key, as: key, "the key")
        record.value = try Self.decode(record.value, as: value, "the value")
        if let schemaID, let value = record.value { record.value = Self.prefix(schemaID) + value }
        try decode(&record.headers)
    }

    /// Replaces the value of each header by its bytes.
    func decode(_ headers: inout [RecordHeader]) throws(FieldEncoding.Invalid) {
        if header == .text { return }
        for index in headers.indices {
            let name = headers[index].name
            let decoded = try Self.decode(
                headers[index].value?.array,
                as: header,
                "the header \"\(printable(name))\""
            )
            headers[index] = RecordHeader(name, decoded.map { KafkaBytes($0) })
        }
    }

    private static func decode(
        _ field: [UInt8]?,
        as encoding: FieldEncoding,
        _ what: String
    ) throws(FieldEncoding.Invalid) -> [UInt8]? {
        guard encoding != .text, let field else { return field }
        do throws(FieldEncoding.Invalid) {
            return try encoding.decode(field)
        } catch {
            throw FieldEncoding.Invalid(reason: "\(what) \(error.reason)")
        }
    }

    /// A zero byte and the number, the most significant byte first.
    private static func prefix(_ schemaID: Int32) -> [UInt8] {
        [0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: schemaID >> $0) }
    }
}
