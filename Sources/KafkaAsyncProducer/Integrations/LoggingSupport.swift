// SPDX-License-Identifier: Apache-2.0

#if LoggingSupport
public import Logging

extension Optional where Wrapped == @Sendable (LogEntry) -> Void {
    /// A log handler that writes to a swift-log `Logger`, with what it has of metadata.
    ///
    /// ```swift
    /// configuration.logHandler = .swiftLog(logger)
    /// ```
    ///
    /// Each line has `kafka.facility`, and where it reports an error `error.type`, Kafka's name for it, and
    /// `kafka.error.security` where a connection could not be made secure.
    ///
    /// - Parameters:
    ///   - logger: What to write to; give it metadata of your own, such as the name of the producer.
    ///   - level: The level of a line: ``LogEntry/defaultSwiftLogLevel`` unless you say otherwise.
    public static func swiftLog(
        _ logger: Logger,
        level: @escaping @Sendable (LogEntry) -> Logger.Level = { $0.defaultSwiftLogLevel }
    ) -> Self {
        { entry in
            logger.log(
                level: level(entry),
                "\(entry.message)",
                metadata: entry.swiftLogMetadata,
                source: "KafkaAsyncProducer"
            )
        }
    }
}

extension LogEntry {
    /// As swift-log's guide for libraries has it: `error` for what ends the producer, `info` for what went wrong and is dealt
    /// with, `debug` for the normal course of things, `trace` for what librdkafka's developers want to know.
    public var defaultSwiftLogLevel: Logger.Level {
        switch level {
        case .error: error?.isFatal == true || facility == "FATAL" ? .error : .info
        case .warning: .info
        case .info: .debug
        case .debug: .trace
        }
    }

    fileprivate var swiftLogMetadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["kafka.facility": "\(facility)"]
        if let error {
            metadata["error.type"] = "\(error.name)"
            if let failure = error.securityFailure { metadata["kafka.error.security"] = "\(failure)" }
        }
        return metadata
    }
}
#endif
