// SPDX-License-Identifier: Apache-2.0

/// How long the messages of a transaction are kept back after the end of the one before. Pure.
///
/// The coordinator answers to a commit before it has marked the partitions, and takes no new ones before that is done. librdkafka
/// asks again 20 ms after such a refusal; to ask a few milliseconds later in the first place costs less. How many is learnt:
/// a refusal adds to it, and each time that none comes it is a little less.
struct TransactionPause {
    /// In nanoseconds.
    private(set) var length: Int64 = 0

    private static var step: Int64 { 2_000_000 }
    private static var share: Int64 { 64 }
    /// Beyond it a refusal is no dearer.
    private static var longest: Int64 { 20_000_000 }

    /// - Parameter wasRefused: Whether the partitions of the last transaction were refused at first.
    mutating func learn(wasRefused: Bool) {
        length = wasRefused ? min(Self.longest, length + Self.step) : length - length / Self.share
    }
}
