// SPDX-License-Identifier: Apache-2.0

// snippet.readme
import KafkaAsyncProducer
import KafkaTestKit
// snippet.end
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

private func sendOrders(to brokers: [String]) async throws {}

private func readme() async throws {
    // snippet.readme

    let input = InputRecorder()  // refuses, fails and is full on demand
    try await Orders(input: input).place("one")
    #expect(input.messages.map(\.value?.string) == ["one"])

    try await withMockCluster(brokers: 3, topics: ["orders": 6]) { cluster in
        try await cluster.failNext(.produce, with: [.notEnoughReplicas, .policyViolation])
        try await sendOrders(to: cluster.bootstrapServers)
        let records = try await cluster.records(in: "orders")
        #expect(records.count == 1_000)
    }
    // snippet.end
}
