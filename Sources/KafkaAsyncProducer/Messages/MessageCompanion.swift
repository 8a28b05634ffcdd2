// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What a message has beside bytes and headers that fits no word: an object, as an existential in every message would cost
/// those without as well.
@usableFromInline
final class MessageCompanion: Sendable {
    let metadata: (any Sendable)?
    /// A time that no record's note can hold.
    let timestamp: Timestamp?
    /// Who follows the message, on its way only: what comes back has none.
    let trace: (any MessageTrace)?

    init(_ metadata: (any Sendable)?, _ timestamp: Timestamp?, _ trace: (any MessageTrace)?) {
        (self.metadata, self.timestamp, self.trace) = (metadata, timestamp, trace)
    }
}

extension MessageExtras {
    /// What the sender attached.
    var messageCompanion: MessageCompanion? { exactly(companion, as: MessageCompanion.self) }
}

extension Chunk {
    /// What the sender attached: anything, or its number or tag.
    func metadata(at index: Int) -> (any Sendable)? {
        let note = note(at: index)
        if let position = note.extras { return extras[position].messageCompanion?.metadata }
        return note.metadata
    }

    func headers(at index: Int) -> [RecordHeader] {
        guard note(at: index).hasHeaders else { return [] }
        var headers: [RecordHeader] = []
        headers.reserveCapacity(headerCount(at: index))
        forEachHeader(at: index) { name, value in
            // They were a string's.
            let name = String(decoding: [UInt8](copying: name) ?? [], as: UTF8.self)
            headers.append(RecordHeader(name, [UInt8](copying: value).map { KafkaBytes($0) }))
        }
        return headers
    }
}

extension RecordNote {
    /// What a time of its own adds to a request, at most.
    static var timestampSize: Int { 10 }

    @inline(__always) var requestSize: Int { hasTimestamp ? Self.timestampSize : 0 }

    fileprivate var metadata: (any Sendable)? { number ?? tag }

    /// A number as metadata that needs no object.
    fileprivate init?(metadata: some Sendable) {
        if let number = exactValue(metadata, as: Int.self), let note = RecordNote.number(number) {
            self = note
        } else if let tag = exactValue(metadata, as: UInt64.self), tag < 1 << 48 {
            self = .tag(tag)
        } else {
            return nil
        }
    }
}

extension ProducerMessage {
    /// What its record holds: a time, a number or a tag.
    var note: RecordNote { RecordNote(bits: noteBits) }

    /// Whether it is bytes and at most a number or a time.
    @inline(__always) var isPlain: Bool { companion == nil && headers.isEmpty }

    /// What it has that its record cannot hold, and then all of it.
    var extras: MessageExtras? {
        companion.map {
            MessageExtras(timestamp: timestamp?.millisecondsSinceEpoch ?? 0, companion: $0)
        }
    }

    /// The time of the record; nil is the moment it is accepted. Kafka's clients cannot send the epoch itself (0).
    public var timestamp: Timestamp? {
        get { note.timestamp.map { Timestamp(millisecondsSinceEpoch: $0) } ?? companion?.timestamp }
        set { attach(metadata, newValue, trace) }
    }

    /// Anything of yours that comes back with the outcome; it never leaves the process. An `Int` or `UInt64` of up to 48 bits
    /// costs next to nothing, anything else an object.
    public var metadata: (any Sendable)? {
        get { companion?.metadata ?? note.metadata }
        set { attach(newValue, timestamp, trace) }
    }

    /// Who follows it.
    var trace: (any MessageTrace)? { companion?.trace }

    /// Puts each where it fits.
    @usableFromInline
    mutating func attach(_ metadata: (any Sendable)?, _ timestamp: Timestamp?) { attach(metadata, timestamp, nil) }

    mutating func attach(_ metadata: (any Sendable)?, _ timestamp: Timestamp?, _ trace: (any MessageTrace)?) {
        let time = timestamp.flatMap { RecordNote.timestamp($0.millisecondsSinceEpoch) }
        if timestamp == nil, trace == nil, let metadata, let number = RecordNote(metadata: metadata) {
            (noteBits, companion) = (number.bits, nil)
            return
        }
        noteBits = time?.bits ?? 0
        let odd = time == nil ? timestamp : nil
        companion = metadata == nil && odd == nil && trace == nil ? nil : MessageCompanion(metadata, odd, trace)
    }
}

/// Lends optional bytes for the length of `body`.
@inline(__always)
func withSpan<Result>(_ bytes: KafkaBytes?, _ body: (Span<UInt8>?) -> Result) -> Result {
    guard let bytes else { return body(nil) }
    switch bytes.storage {
    case .array(let array): return body(array.span)
    case .slice(let slice): return body(slice.span)
    case .string(let string): return body(string.utf8.span)
    }
}
