// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

// snippet.input
struct Orders<Input: ProducerInput> {
    let input: Input

    func place(_ order: String) async throws {
        try await input.send(ProducerMessage(topic: "orders", value: order))
    }
}
// snippet.end

private func record() async throws {
    // snippet.recorder
    let input = InputRecorder()
    try await Orders(input: input).place("one")
    #expect(input.messages.map(\.value?.string) == ["one"])
    // snippet.end
}
