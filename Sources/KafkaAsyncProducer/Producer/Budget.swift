// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The room for messages: taken when one is accepted, given back when its outcome is taken.
///
/// Bytes are those of the chunks as they are, and beside that of each message what this library and librdkafka keep of it.
struct Budget {
    /// What a message costs beside its bytes: its record in the chunk, and librdkafka's while it has the message.
    static let overhead = 256

    /// The part of it that is not the chunk's.
    private static var rest: Int { overhead - ChunkWriter.recordSize }

    let maximumMessages: Int
    let maximumBytes: Int
    private(set) var messages = 0
    private(set) var bytes = 0
    /// Those of them whose messages have all had their outcome, while librdkafka may still look at the chunks.
    private(set) var leftBehind = 0

    init(maximumMessages: Int, maximumBytes: Int) {
        self.maximumMessages = maximumMessages
        self.maximumBytes = maximumBytes
    }

    enum Limit: Sendable {
        case messages
        case bytes
    }

    /// Whether one more message fits a chunk that has the room for it.
    var hasRoom: Bool { messages < maximumMessages && bytes + Self.rest <= maximumBytes }

    /// The bytes of key and value that could ever fit.
    var largestMessage: Int { maximumBytes - Self.overhead - 3 }

    /// The bytes that a chunk may grow by for one more message.
    var chunkRoom: Int { maximumBytes - bytes - Self.rest }

    /// Takes the room of a message that is in its chunk.
    mutating func takeMessage() {
        messages &+= 1
        bytes &+= Self.rest
    }

    /// Takes the room of a chunk, or what it has grown by.
    mutating func take(bytes count: Int) { bytes += count }

    /// Gives back the room of `count` messages of a chunk, and with the last ones that of the chunk.
    mutating func giveBack(_ count: Int, of chunk: Chunk) {
        messages -= count
        bytes -= count * Self.rest
        chunk.outstanding -= count
        if chunk.outstanding > 0 { return }
        if chunk.isInside {
            chunk.isLeftBehind = true
            leftBehind += chunk.room
        } else {
            bytes -= chunk.room
        }
    }

    /// Takes room for what was given back, whether it is there or not.
    mutating func takeBack(_ count: Int, of chunk: Chunk) {
        messages += count
        bytes += count * Self.rest
        if chunk.isLeftBehind {
            chunk.isLeftBehind = false
            leftBehind -= chunk.room
        } else if chunk.outstanding == 0 {
            bytes += chunk.room
        }
        chunk.outstanding += count
    }

    /// Gives back the room of a chunk that librdkafka has no more, if nobody else holds it.
    mutating func release(_ chunk: Chunk) {
        chunk.isInside = false
        guard chunk.isLeftBehind else { return }
        chunk.isLeftBehind = false
        leftBehind -= chunk.room
        bytes -= chunk.room
    }
}

extension Chunk {
    /// What the budget counts for it beside its messages.
    fileprivate var room: Int { capacity + extraBytes }
}
