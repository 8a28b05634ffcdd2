// SPDX-License-Identifier: Apache-2.0

/// What one run of one implementation measured: a line of JSON from the client to the driver, or what a peer printed.
struct RunResult: Codable, Sendable {
    /// From the first send to the last outcome read.
    var messagesPerSecond: Double
    /// User and system time of the whole process, over the window; nil where only the whole life is known.
    var cpuNanosecondsPerMessage: Double?
    /// The same without librdkafka's threads: what the sender, the reader and the reports cost. Nil where the system
    /// does not tell.
    var ownCPUNanosecondsPerMessage: Double?
    /// Of the thread that sends, where there is only one.
    var sendingNanosecondsPerMessage: Double?
    /// Of the process from its start to its end, over all messages; the driver takes it.
    var wholeCPUNanosecondsPerMessage: Double?
    /// Of one core, over the window.
    var cpuPercent: Double?
    /// How often a thread of the process waited, and had to be woken.
    var wakeUpsPerSecond: Double?
    /// Of the process since its start.
    var peakResidentMegabytes: Double?
    /// The peak over what was resident before the first message.
    var grownMegabytes: Double?
    /// Nil unless the allocation counter is preloaded.
    var allocationsPerMessage: Double?
    /// The median latency; nil unless messages are timed one by one.
    var p50Microseconds: Double?
    /// What 99 % stay below.
    var p99Microseconds: Double?
    /// What 99.9 % stay below.
    var p999Microseconds: Double?
    /// Nil unless a broker fell silent.
    var hang: Hang?
    /// Messages taken, in the whole run, warm-up included.
    var accepted: Int
    /// Of these, delivered.
    var succeeded: Int
    /// Of these, not delivered.
    var failed: Int
    /// Outcomes that the reader or the callback saw within the window.
    var seen: Int

    /// While a broker was silent.
    struct Hang: Codable, Sendable {
        /// Of one core, without the thread that sends.
        var cpuBeyondSenderPercent: Double
        /// Of one core, the thread that sends.
        var senderPercent: Double
        /// Of the messages to the other brokers' partitions, before.
        var othersBeforeP99Microseconds: Double
        /// And while it was silent.
        var othersP99Microseconds: Double
        /// The longest of these.
        var othersMaxMicroseconds: Double
        /// How many of these were delivered.
        var othersDeliveredPercent: Double
        /// How fast the sender got rid of messages, to whichever partition.
        var sentPerSecond: Double
    }
}
