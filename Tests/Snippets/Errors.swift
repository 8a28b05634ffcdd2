// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func send(_ message: ProducerMessage, to producer: AsyncProducer) async {
    // snippet.typed
    do throws(KafkaError) {
        try await producer.input.send(message)
    } catch {
        if error.isRetriable { await later(message) } else { give(up: message, because: error.code) }
    }
    // snippet.end
}

// snippet.policy
enum Step { case done, again, newProducer, deadLetter }

func step(after failure: ProducerError, attempts: Int, mayDuplicate: Bool) -> Step {
    if failure.persistence == .persisted { return .done }  // in the log, although the call failed
    if failure.error.isFatal { return .newProducer }  // of the producer, and not of the message
    if failure.persistence == .possiblyPersisted, !mayDuplicate { return .deadLetter }  // a person looks into the log
    return failure.error.isRetriable && attempts < 3 ? .again : .deadLetter
}
// snippet.end
