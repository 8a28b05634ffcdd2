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
