// SPDX-License-Identifier: Apache-2.0

/// One option of the command line; the tables of these are the only place where an option is spelt.
struct Option: Sendable {
    /// What the option is for; commands ask for values by it.
    enum Name: Hashable, Sendable {
        case brokers, topic, property, configFile, compression, acks, linger, deliveryTimeout, maximumRecordBytes
        case key, value, header, partition, tombstone, nullMarker, empty, chompReturn, count, format
        case delimiter, keyDelimiter
        case drainTimeout, waitBroker, quiet, help
        case rate, repeatCount, skip, follow, fromEnd, onError, maximumErrors, failFast, dryRun, resend
        case keyFile, keyFromFilename, timestamp, whole, keyEncoding, valueEncoding, headerEncoding, schemaID
        case parseKey, parseHeaders, keySeparator, readerProperty, template, frame, keyFrame
        case keyJSON, headerJSON, partitionJSON
        case size, mockBrokers, mockTopic
        case mock, faultTime, faultError, faultDelay, faultDown, faultUp, faultLeader, faultTopicError
        case color, progress, statsInterval, statsFile, noInput
        case benchRecords, duration, throughput, compressibility, payloadFile, payloadDelimiter, payloadMonotonic
        case keyDistribution, keyRange, headers, producers, warmup, repeats
        case transactionalID, transactionSize, transactionTime
        case reportingInterval, printMetrics, csv, plotFile, noPlot, hdrFile, compare
        case timeout, json, checkTopic, createTopic, newPartitions, replicationFactor, profile
        case checkpoint, resume
        case preserve, missingValue, unknownMembers, report, reportFormat, reportScope, reportKey, deadLetter,
            deadLetterRaw
        // kcat's own letters.
        case produceMode, listMode, otherMode, lines, tee, emptyIsNull, debug, verbose, version, accepted, listJSON
        case metadataTimeout
    }

    let name: Name
    let short: Character?
    /// Nil for a letter that has no long name.
    let long: String?
    /// The placeholder of the argument in the help, or nil for a switch; one that may be left out, and must be joined
    /// to the name, is written `[=N]`.
    let argument: String?
    let help: String

    init(_ name: Name, _ short: Character?, _ long: String?, _ argument: String? = nil, help: String) {
        self.name = name
        self.short = short
        self.long = long
        self.argument = argument
        self.help = help
    }

    var hasOptionalArgument: Bool { argument?.hasPrefix("[=") ?? false }

    /// How the option is called in an error message.
    var spelling: String { [short.map { "-\($0)" }, long.map { "--\($0)" }].compactMap { $0 }.joined(separator: "/") }
}
