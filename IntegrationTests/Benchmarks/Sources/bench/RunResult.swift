// SPDX-License-Identifier: Apache-2.0

/// What one run of one implementation measured: a line of JSON from the client to the driver.
struct RunResult: Codable, Sendable {
    /// From the first send to the last outcome read.
    var messagesPerSecond: Double
    /// User and system time of the whole process.
    var cpuNanosecondsPerMessage: Double
    /// The same without librdkafka's threads: what the sender, the reader and the reports cost. Nil where the system
    /// does not tell.
    var ownCPUNanosecondsPerMessage: Double?
    /// Of one core, over the window.
    var cpuPercent: Double
    /// How often a thread of the process waited, and had to be woken.
    var wakeUpsPerSecond: Double
    /// Of the process since its start.
    var peakResidentMegabytes: Double
    /// Nil unless the allocation counter is preloaded.
    var allocationsPerMessage: Double?
    /// The median latency; nil unless messages are timed one by one.
    var p50Microseconds: Double?
    /// What 99 % stay below.
    var p99Microseconds: Double?
    /// What 99.9 % stay below.
    var p999Microseconds: Double?
    /// Messages taken, in the whole run, warm-up included.
    var accepted: Int
    /// Of these, delivered.
    var succeeded: Int
    /// Of these, not delivered.
    var failed: Int
    /// Outcomes that the reader or the callback saw within the window.
    var seen: Int
}
