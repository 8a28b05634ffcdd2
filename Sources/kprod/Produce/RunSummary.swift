// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The end of a run as an object, for programs.
struct RunSummary {
    private let result: Session.Result
    private let topic: String?
    private let deadLetters: DeadLetters?
    /// How many records a dry run would have sent.
    private let wouldSend: Int?

    init(_ result: Session.Result, topic: String?, deadLetters: DeadLetters?, wouldSend: Int? = nil) {
        self.wouldSend = wouldSend
        self.result = result
        self.topic = topic
        self.deadLetters = deadLetters
    }

    /// A line of JSON.
    var line: String {
        var text = JSONText()
        text.line { text in
            if let topic { text.add("topic", topic) }
            if let wouldSend { text.add("would_send", wouldSend) }
            addAccount(&text)
            addEnding(&text)
            text.array("errors") { text in
                let groups = result.failures.groups.sorted {
                    ($1.value.count, $0.key.rawValue) < ($0.value.count, $1.key.rawValue)
                }
                for (code, group) in groups { text.element { Self.add(group, code, &$0) } }
                if let unparsable = result.failures.unparsable { text.element { Self.add(unparsable, nil, &$0) } }
            }
            if let problem = result.problems.first { text.add("error", printable(problem.message, limit: 1_000)) }
            if let deadLetters {
                text.object("dead_letters") { text in
                    text.add("file", deadLetters.writer.name)
                    text.add("records", deadLetters.count)
                }
            }
        }
        return text.text
    }

    private func addAccount(_ text: inout JSONText) {
        let account = result.account
        let seconds = result.elapsed / .seconds(1)
        text.add("read", account.read)
        text.add("delivered", account.delivered)
        if let bytes = account.deliveredBytes { text.add("delivered_bytes", bytes) }
        text.add("failed", account.failed)
        text.add("unparsable", account.unparsable)
        text.add("undelivered", account.undelivered)
        text.add("undelivered_maybe_in_log", account.undeliveredUnknown)
        text.add("skipped", account.skipped)
        if let counts = result.transactions {
            text.add("transactions_committed", counts.committed)
            text.add("transactions_aborted", counts.aborted)
        }
        text.add("elapsed_ms", Int((seconds * 1_000).rounded()))
        text.add("records_per_s", Int((Double(account.delivered) / max(seconds, 0.001)).rounded()))
    }

    private func addEnding(_ text: inout JSONText) {
        switch result.ending {
        case .status(let status): text.add("exit", status.rawValue)
        case .signal(let number):
            text.add("exit", 128 + number)
            text.add("signal", number)
        }
    }

    /// Without a code the input was no record.
    private static func add(_ group: FailureGroups.Group, _ code: KafkaError.Code?, _ text: inout JSONText) {
        if let code {
            text.add("code", code.rawValue)
            text.add("name", code.name)
        } else {
            text.add("name", KafkaError.Code.invalidMessage.name)
        }
        text.add("records", group.count)
        if let place = group.place { text.add("first", printable(place)) }
        text.add("text", printable(group.text, limit: 1_000))
    }
}
