// SPDX-License-Identifier: Apache-2.0

/// The answers to a client in the order of its lines, whatever the order in which Kafka confirms the records.
struct AnswerQueue {
    /// Nil waits for Kafka.
    private var answers: [String?] = []
    /// The number of the first of them.
    private var first: UInt64 = 0
    /// Those that wait for Kafka.
    private(set) var waiting = 0

    var count: Int { answers.count }

    /// The number of the next line.
    var next: UInt64 { first + UInt64(answers.count) }

    /// A line whose answer is known.
    mutating func append(_ answer: String) { answers.append(answer) }

    /// A line whose answer comes later, under the number that ``next`` was.
    mutating func appendWaiting() {
        answers.append(nil)
        waiting += 1
    }

    mutating func resolve(_ number: UInt64, _ answer: String) {
        guard number >= first, number < next else { return }
        let index = Int(number - first)
        guard answers[index] == nil else { return }
        answers[index] = answer
        waiting -= 1
    }

    /// Takes the answers from the first on that are known.
    mutating func takeReady() -> [String] {
        let ready = answers.prefix { $0 != nil }.compactMap(\.self)
        answers.removeFirst(ready.count)
        first += UInt64(ready.count)
        return ready
    }
}
