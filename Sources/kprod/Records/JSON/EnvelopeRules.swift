// SPDX-License-Identifier: Apache-2.0

/// How strictly `--format json` reads the objects that describe records.
struct EnvelopeRules: Equatable, Sendable {
    /// What a record is whose object has no value, which is not the same as null.
    enum MissingValue: String, CaseIterable, Sendable {
        case error
        /// As rpk, which leaves an empty value out.
        case empty
        case null
    }

    /// What becomes of a record with members that no record has.
    enum UnknownMembers: String, CaseIterable, Sendable {
        case error, ignore
    }

    /// What is taken over besides the value.
    var preserved = PreservedField.usual
    var missingValue = MissingValue.error
    var unknownMembers = UnknownMembers.error

    /// What a consumer adds to a record, in the words of kcat, rpk, kaf and kafkactl; a producer has no use for it.
    static let consumerMembers: Set = [
        "offset", "broker", "tstype", "timestamptype", "timestamp_type", "leaderepoch", "leader_epoch",
        "key_schema_id", "value_schema_id", "keyschemaid", "valueschemaid", "schemaid", "keyschema", "valueschema",
        "key_size", "value_size", "keysize", "valuesize",
    ]
}
