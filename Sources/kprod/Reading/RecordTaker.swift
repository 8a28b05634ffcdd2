// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// There is no sense in reading on; what became of the record in hand is accounted for.
struct StopReading: Error {
    /// Why nothing behind the record makes sense; nil when no more is wanted of any input.
    var brokenInput: String?
    /// Whether the record in hand was not taken.
    var leavesRecord = false
}

/// Takes what feeds find, record by record; belongs to the one task that feeds.
protocol RecordTaker: AnyObject {
    /// Whether ``remember(_:)`` is of use.
    var remembersInput: Bool { get }
    /// Whether ``takeNow(key:value:line:at:)`` is of use.
    var takesNow: Bool { get }
    /// Whoever types the records.
    var typist: (any Typist)? { get }

    /// What comes now is read from the source of this name; to be told before ``takeNow(key:value:line:at:)``.
    func read(from source: String)
    /// Takes a record if nothing has to be waited for, as for nearly all: an asynchronous call costs more than to cut a
    /// line, and so does a place with its name, which is asked for only when it is needed. Returns false, and has done
    /// nothing, when it takes ``take(_:at:)``.
    func takeNow(
        key: Span<UInt8>?,
        value: Span<UInt8>?,
        line: Int,
        at place: () -> Place
    ) throws(StopReading) -> Bool
    /// Takes a record; suspends while there is no room, or until it is its turn.
    func take(_ record: InputRecord, at place: Place) async throws(StopReading)
    /// What a record is read from, for its dead letter; to be told before each record.
    func remember(_ input: Span<UInt8>)
    /// A record that cannot be sent.
    func refuse(_ error: KafkaError, at place: Place) async throws(StopReading)
    /// A piece of input that is no record, and why; it may be a dead letter already.
    func refuseInput(_ reason: String, at place: Place, isLetter: Bool) async throws(StopReading)
    /// Input that makes no sense, nor does what is behind it: none of it is done.
    func breakOff(_ reason: String, at place: Place) async
    /// A record that is not one.
    func skip(at place: Place)

    /// Begins an input; returns where, if it can be read from any place on.
    func begin(_ input: Int, canSeek: Bool) -> Position
    /// An input has come to its end.
    func end(_ input: Int, _ end: FeedEnd)
    /// The files that had the name of a source when an earlier run ended, and were not done.
    func earlierFiles(of source: Int) -> [EarlierFile]
    /// Another file of a source becomes an input of its own, from a place on; returns its number, to be begun.
    func add(_ file: FileIdentity?, of source: Int, from position: Position) -> Int
    /// What an input is recognised by, now that more of it was read.
    func know(_ input: Int, as file: FileIdentity)
    /// What comes next is of this input, which was begun.
    func turn(to input: Int)
    /// An input of an earlier run is gone.
    func forget(_ input: Int)

    /// Lets others see the counts; now and then, and at the end.
    func publish()
}

/// A file that an earlier run followed.
struct EarlierFile: Sendable {
    let input: Int
    let file: FileIdentity
    /// Where to read on.
    let position: Position
}

/// Somebody who types records, and is asked for each.
protocol Typist: Sendable {
    func begin()
    func prompt()
    func heard()
    func end()
}
