// SPDX-License-Identifier: Apache-2.0

/// A line of the producer's log: librdkafka's own and the library's.
public struct LogEntry: Sendable {
    /// How bad it is.
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        /// For debugging this library or librdkafka.
        case debug
        /// Normal but worth knowing.
        case info
        /// Something went wrong and is dealt with, such as a lost connection.
        case warning
        /// Something went wrong for good.
        case error

        /// Less bad comes first.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// How bad it is.
    public let level: Level
    /// Which part of librdkafka speaks, such as `FAIL` or `BRKMAIN`.
    public let facility: String
    /// One line without control characters; text from brokers is cut at 1,000 characters.
    public let message: String
    /// The error, when the line reports one.
    public let error: KafkaError?

    /// Makes an entry, for tests of code that handles one.
    public init(level: Level, facility: String, message: String, error: KafkaError? = nil) {
        self.level = level
        self.facility = facility
        self.message = printable(message, limit: 1_000)
        self.error = error
    }
}

extension LogEntry.Level {
    /// From the levels of syslog, as librdkafka uses them.
    init(syslog level: Int32) {
        switch level {
        case ...3: self = .error
        case 4: self = .warning
        case 5, 6: self = .info
        default: self = .debug
        }
    }
}
