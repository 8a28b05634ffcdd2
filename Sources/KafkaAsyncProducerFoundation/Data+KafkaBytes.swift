// SPDX-License-Identifier: Apache-2.0

public import KafkaAsyncProducer

// The essentials suffice, and spare a program the rest of Foundation with its tables of languages.
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Data: KafkaBytesConvertible {
    /// The data's bytes, copied once. To send without that copy, lend them: `input.send(to:value: data.span)`.
    public var kafkaBytes: KafkaBytes { KafkaBytes([UInt8](self)) }
}

extension Data {
    /// A copy of the bytes.
    public init(_ bytes: KafkaBytes) { self.init(bytes.array) }
}

extension Timestamp {
    /// The time in whole milliseconds, towards zero; nil when it is out of Kafka's range.
    public init?(_ date: Date) {
        guard let milliseconds = Int64(exactly: (date.timeIntervalSince1970 * 1_000).rounded(.towardZero)) else {
            return nil
        }
        self.init(millisecondsSinceEpoch: milliseconds)
    }
}

extension Date {
    /// The same point in time.
    public init(_ timestamp: Timestamp) {
        self.init(timeIntervalSince1970: Double(timestamp.millisecondsSinceEpoch) / 1_000)
    }
}
