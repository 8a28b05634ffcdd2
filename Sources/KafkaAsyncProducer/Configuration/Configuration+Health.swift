// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// What ``AsyncProducer/health`` goes by.
    public struct Health: Sendable, Hashable {
        /// The age from which on a message without an outcome means that its producer is stalled: 30 s by default. Well below
        /// ``Delivery/timeout``, with which every message ends; well above the linger and the longest outage that is none of
        /// an orchestrator's business.
        public var stalledAfter: Duration = .seconds(30)

        /// The defaults.
        public init() {}
    }
}
