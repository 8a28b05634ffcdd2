// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func check(_ producer: AsyncProducer) async throws {
    // snippet.preflight
    let result = try await producer.preflight(topics: ["orders"])
    guard result.isClear else { return fail(result.problems) }
    // snippet.end
}
