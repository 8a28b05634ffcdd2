// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension AsyncProducer {
    /// How long a question waits before it is asked again: the first few times, and then twice as long each time.
    private static let patience = (first: Duration.milliseconds(200), count: 4)

    /// Asks about the cluster as ``metadata(for:timeout:)`` does, but over and over within the time.
    ///
    /// librdkafka tries a connection that has come to its end again only when somebody asks: a mistake that every attempt
    /// meets is known soon, and a broker that comes back answers soon.
    func repeatedMetadata(for topic: Topic? = nil, timeout: Duration) async throws(KafkaError) -> ClusterMetadata {
        let start = ContinuousClock.now
        var patience = Self.patience.first
        var count = 0
        while true {
            do throws(KafkaError) {
                let left = max(.milliseconds(1), timeout - start.duration(to: .now))
                return try await metadata(for: topic, timeout: min(left, patience))
            } catch {
                guard error.code == .deadlineExceeded, start.duration(to: .now) < timeout else { throw error }
            }
            count += 1
            if count >= Self.patience.count { patience *= 2 }
        }
    }
}
