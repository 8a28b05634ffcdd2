// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Warnings and worse on standard output, whichever logging a distribution comes with: log4j 1 up to Kafka 3.9, log4j 2
/// since 4.0, or slf4j's own.
enum LogSettings {
    static func write(to folder: URL) throws {
        try Data(
            """
            log4j.rootLogger=WARN, stdout
            log4j.appender.stdout=org.apache.log4j.ConsoleAppender
            log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
            log4j.appender.stdout.layout.ConversionPattern=[%d] %p %m (%c)%n

            """.utf8
        ).write(to: folder.appending(path: "log4j.properties"))
        try Data(
            """
            rootLogger.level=warn
            rootLogger.appenderRef.stdout.ref=STDOUT
            appender.stdout.type=Console
            appender.stdout.name=STDOUT
            appender.stdout.layout.type=PatternLayout
            appender.stdout.layout.pattern=[%d] %p %m (%c)%n

            """.utf8
        ).write(to: folder.appending(path: "log4j2.properties"))
    }

    static func javaOptions(_ folder: URL) -> [String] {
        [
            "-Dlog4j.configuration=file:\(folder.appending(path: "log4j.properties").path)",
            "-Dlog4j2.configurationFile=\(folder.appending(path: "log4j2.properties").path)",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
        ]
    }
}
