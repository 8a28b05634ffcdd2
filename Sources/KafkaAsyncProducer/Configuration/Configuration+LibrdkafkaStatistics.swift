// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// Who receives librdkafka's own statistics, and how often.
    ///
    /// They tell what ``AsyncProducer/statistics`` does not: bytes on the wire, round-trip times per broker, sizes of
    /// batches. The account of messages is the other one's: this is a picture of moments, and the last one before a
    /// close may be missing. Each client of librdkafka counts from zero: after one was replaced (``Statistics/retiredClients``,
    /// ``Statistics/restarts``) the `name` in the report is another, and sums begin anew.
    public struct LibrdkafkaStatistics: Sendable {
        /// From one report to the next, 1 ms to 24 hours: 5 s by default. Librdkafka's `statistics.interval.ms`.
        public var interval: Duration
        /// Receives a report: the JSON object that librdkafka's STATISTICS.md describes. Called on a queue of the
        /// library's own, one report at a time; while it is busy, only the newest report waits.
        public var handler: @Sendable (_ json: String) -> Void

        /// A report every `interval`.
        public init(interval: Duration = .seconds(5), handler: @escaping @Sendable (_ json: String) -> Void) {
            self.interval = interval
            self.handler = handler
        }
    }
}
