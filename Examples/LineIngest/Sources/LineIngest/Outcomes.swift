// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension Shared {
    /// Turns each outcome into the answer to its line; returns when the producer has closed.
    func answerSuccesses() async {
        for await batch in producer.successes.batches {
            post(batch.lazy.compactMap { $0.metadata as? Ticket }.map { ($0, "ok \($0.key)") })
        }
    }

    func answerFailures() async {
        for await failure in producer.errors {
            // Only another producer helps: whoever supervises us starts it, with the program.
            if producer.fatalError != nil { stops.ask(.producerFailed) }
            guard let ticket = failure.message.metadata as? Ticket else { continue }
            post([(ticket, "error \(ticket.key) \(failure.error) (\(failure.persistence))")])
        }
    }

    /// One message for each worker, however many outcomes come at once.
    private func post(_ answers: some Sequence<(Ticket, String)>) {
        for (worker, answers) in Dictionary(grouping: answers, by: { $0.0.worker }) {
            mailboxes[worker].post(.answers(answers.map { (ticket: $0.0, text: $0.1) }))
        }
    }
}
