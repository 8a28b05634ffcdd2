// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Synchronization

/// Keeps what was not delivered, whole, in a form in which it can be sent again.
final class DeadLetters: Sendable {
    enum Form: Sendable {
        /// What `kprod replay` reads.
        case envelopes
        /// As it was read, with this behind each.
        case raw(Delimiter)
    }

    let writer: OutputWriter
    let form: Form
    /// As on the command line.
    private let path: String
    private let topic: String?
    private let written = Mutex(0)
    /// How many are records, and how many are only named.
    private let replayable = Mutex(0)
    private let omitted = Mutex(0)

    init(_ writer: OutputWriter, _ form: Form, path: String, topic: String?) {
        self.writer = writer
        self.path = path
        self.form = form
        self.topic = topic
    }

    /// How many there are.
    var count: Int { written.withLock { $0 } }

    /// A message that was not delivered.
    func add(_ error: ProducerError, _ origin: Origin) {
        replayable.withLock { $0 += 1 }
        if case .raw = form, let raw = origin.raw { return add(raw: raw) }
        let message = error.message
        append { text in
            text.add("topic", message.topic.name)
            if let partition = message.partition { text.add("partition", partition) }
            text.add("key", bytes: message.key?.array)
            text.add("value", bytes: message.value?.array)
            if !message.headers.isEmpty { text.array("headers") { Self.add(message.headers, &$0) } }
            if let timestamp = message.timestamp { text.add("timestamp", timestamp.millisecondsSinceEpoch) }
            text.add(error.error)
            text.add("persisted", Outcome(error, origin).persistenceText)
            Self.add(origin.place, &text)
        }
    }

    /// Input that never became a message; what was too long to be kept is only named.
    func add(_ error: KafkaError, _ origin: Origin) {
        if origin.raw == nil { omitted.withLock { $0 += 1 } }
        if case .raw = form {
            if let raw = origin.raw { add(raw: raw) }
            return
        }
        append { text in
            text.add("raw", bytes: origin.raw)
            text.add(error)
            Self.add(origin.place, &text)
        }
    }

    /// A letter that was read, and could not be sent as it is.
    func pass(_ letter: [UInt8]) {
        if case .raw = form { return add(raw: letter) }
        written.withLock { count in
            begin(&count)
            writer.append(letter.map { $0 == 10 ? 32 : $0 } + [10])
        }
    }

    /// What people need to know of them at the end.
    ///
    /// - Parameter command: What sends records again, but for the file; nil when they belong to a transaction that was
    ///   aborted.
    func notes(_ command: String?) -> [String] {
        if writer.failure != nil {
            return ["\(writer.name): is not complete; look for the records in the input instead"]
        }
        var lines: [String] = []
        let (count, omitted, replayable) = (count, omitted.withLock { $0 }, replayable.withLock { $0 })
        if omitted > 0 {
            lines.append(
                "\(NumberText.records(omitted)) could not be kept in \(writer.name); look for them in the input"
            )
        }
        guard let command else {
            if count > 0 {
                lines.append(
                    "\(writer.name) shows what failed: do not replay it, all of its transaction is to be sent again"
                )
            }
            return lines
        }
        switch form {
        case .envelopes:
            if replayable > 0 {
                lines.append(
                    "\(NumberText.records(replayable)) can be sent again with: \(command) \(ShellWord.quoted(path))"
                )
            }
            let rest = count - omitted - replayable
            if rest > 0 {
                lines.append("\(NumberText.grouped(rest)) × no record in \(writer.name): mend what \"raw\" holds")
            }
        case .raw:
            if count > 0 {
                lines.append("\(NumberText.records(count)) can be sent again with the same options and \(writer.name)")
            }
        }
        return lines
    }

    private func add(raw: [UInt8]) {
        guard case .raw(let delimiter) = form else { return }
        written.withLock { count in
            count += 1
            writer.append(raw + delimiter.bytes)
        }
    }

    /// Under the lock, so that the first line is the first.
    private func append(_ members: (inout JSONText) -> Void) {
        written.withLock { count in
            begin(&count)
            var text = JSONText()
            text.line(members)
            writer.append(text.bytes)
        }
    }

    /// A run that has letters begins them with a line about itself.
    private func begin(_ count: inout Int) {
        count += 1
        if count > 1 { return }
        var text = JSONText()
        text.line { text in
            text.add("kprod_dead_letters", 1)
            text.add("tool", "kprod \(VersionText.tool)")
            // Not called "topic": this line is not a record.
            if let topic { text.add("for_topic", topic) }
            text.add("time", Date.now.formatted(.iso8601))
        }
        writer.append(text.bytes)
    }

    private static func add(_ place: Place, _ text: inout JSONText) {
        text.add("src", argument: place.source)
        text.add("line", place.line)
        text.add("at", place.offset)
    }

    private static func add(_ headers: [RecordHeader], _ text: inout JSONText) {
        for header in headers {
            text.element { text in
                text.add("key", header.name)
                text.add("value", bytes: header.value?.array)
            }
        }
    }
}
