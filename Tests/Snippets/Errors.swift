// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func send(_ message: ProducerMessage, to producer: AsyncProducer) async {
    // snippet.typed
    do throws(KafkaError) {
        try await producer.input.send(message)
    } catch {
        guard error.isRetriable else { return give(up: message, because: error.code) }
        await later(message)
    }
    // snippet.end
}

// snippet.policy
enum Step { case done, again, newProducer, deadLetter }

func step(after failure: ProducerError, attempts: Int, mayDuplicate: Bool) -> Step {
    if failure.persistence == .persisted { return .done }  // it is in the log
    if failure.error.isFatal { return .newProducer }
    // Somebody has to look into the log.
    if failure.persistence == .possiblyPersisted, !mayDuplicate { return .deadLetter }
    return failure.error.isRetriable && attempts < 3 ? .again : .deadLetter
}
// snippet.end
