// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What the command line says of every record of a run.
struct RecordDefaults: Sendable {
    /// Nil lets the partitioner choose.
    var partition: Int32?
    var headers: [RecordHeader] = []
    /// Nil is the moment a record is sent.
    var time: TimeText?
    var encodings = FieldEncodings()
    var fields = JSONFields()
    /// How many records are sent at most.
    var limit: Int?
    /// How many records are passed over first.
    var skip = 0
    var rate: Rate?
    /// The largest key and value together, where larger ones are read so that they can be kept.
    var maximumBytes: Int?

    /// Get what people should know of the records, once.
    var notices: Notices?

    /// Whether a key and a value can go to the client as they were read.
    var leaveRecordsAlone: Bool { headers.isEmpty && time == nil && encodings.isPlain && fields.isEmpty }

    /// A record with all that holds for every one of them.
    func applied(to record: InputRecord) throws(FieldEncoding.Invalid) -> InputRecord {
        var record = record
        try fields.apply(to: &record)
        try encodings.decode(&record)
        record.partition = record.partition ?? partition
        record.headers = headers + record.headers
        if record.timestamp == nil { record.setTime(time) }
        if let ignored = record.ignoredMember {
            notices?.say("members that no record has, such as \"\(printable(ignored, limit: 60))\", are left out")
        }
        if let unit = record.suspectedUnit { notices?.say(TimeText.warning(unit)) }
        return record
    }
}
