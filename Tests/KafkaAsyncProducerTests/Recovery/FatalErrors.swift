// SPDX-License-Identifier: Apache-2.0

import RDKafka
import Testing

@testable import KafkaAsyncProducer

extension AsyncProducer {
    /// Raises a fatal error in the client that gets messages now, as librdkafka would; returns whether there is one.
    @discardableResult
    func endClient(_ code: KafkaError.Code = .outOfOrderSequenceNumber) -> Bool {
        guard let client = core.metadata.client else { return false }
        client.raiseFatalError(ResponseCode(rawValue: code.rawValue), reason: "as if")
        return true
    }

    func raiseFatalError(
        _ code: KafkaError.Code = .outOfOrderSequenceNumber,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try #require(endClient(code), sourceLocation: sourceLocation)
    }

    /// The same, and waits until it is dealt with.
    func restart(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let restarts = statistics.restarts
        let before = try #require(core.metadata.client, sourceLocation: sourceLocation)
        try raiseFatalError(sourceLocation: sourceLocation)
        try await eventually("another client is there", sourceLocation: sourceLocation) {
            statistics.restarts > restarts && core.metadata.client !== before
        }
    }
}
