// SPDX-License-Identifier: Apache-2.0

/// The state of the host at one moment. What the system does not tell is nil.
struct Sample: Codable, Equatable, Sendable {
    /// Milliseconds since 1970.
    var time: Int64
    /// Processes that run or want to, on average over the last minute.
    var load: Double?
    /// The part of the processors' time since the last sample that was used, 0 to 1.
    var processor: Double?
    /// In bytes.
    var memoryTotal: Int64?
    /// In bytes: what programs could still get.
    var memoryAvailable: Int64?
}

/// What a record holds: the samples of one post.
struct Report: Codable, Equatable, Sendable {
    var host: String
    var samples: [Sample]
}
