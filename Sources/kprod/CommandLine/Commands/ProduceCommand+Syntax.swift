// SPDX-License-Identifier: Apache-2.0

extension ProduceCommand {
    static let syntax = CommandSyntax(
        name: "produce",
        summary: "Write lines, or whole files, to a topic.",
        operands: "[FILE…]",
        groups: [
            OptionGroup(title: "Target", options: target),
            OptionGroup(title: "Records", options: records),
            OptionGroup(title: "Formats", options: formats),
            OptionGroup(title: "Flow", options: Option.flow + [.drainTimeout, .waitBroker]),
            OptionGroup(title: "Transactions", options: Option.transactions),
            OptionGroup(title: "Results", options: Option.outcomes),
            OptionGroup(title: "Resume", options: Option.checkpoints),
            OptionGroup(title: "Display", options: Option.reporting + [verbose, .noInput, .quiet, .help]),
        ],
        notes: [
            "Each line is a record; its newline is not part of it, a carriage return is. Empty lines are skipped and "
                + "counted. Without FILE, or with -, standard input is read.",
            "Keys choose partitions as Java clients do (murmur2_random); -X partitioner=consistent_random is kcat's way.",
            "The last line on stderr is the account: what was read is delivered, failed, undelivered or skipped.",
        ],
        examples: [
            "tail -F app.log | kprod produce -b $BROKERS -t logs -z zstd",
            "kprod produce -b $BROKERS -t orders -K: --dead-letter bad.dlq orders.txt",
            "kcat -C -b A -t src -e -J | kprod produce -b B -t dst --format json",
        ]
    )

    private static let target: [Option] =
        [
            .brokers, .topic, .partition, .property, .configFile, .profile, .compression,
            Option(
                .acks,
                nil,
                "acks",
                "all|1|0",
                help:
                    "Who must have stored a record before it counts as delivered: all replicas in sync (default), the "
                    + "leader, nobody."
            ),
            Option(.linger, nil, "linger", "TIME", help: "How long a record waits for others (default 5ms)."),
            Option(
                .deliveryTimeout,
                nil,
                "delivery-timeout",
                "TIME",
                help: "A record that is not delivered after this long has failed (default 5m)."
            ),
            .mock, .checkTopic, .createTopic, .newPartitions, .replicationFactor,
        ] + Option.clientAliases

    private static let verbose = Option(
        .verbose,
        "v",
        "verbose",
        help: "Show the client's log; -vvv shows each delivered record as well."
    )

    private static let formats: [Option] =
        [
            Option(
                .format,
                nil,
                "format",
                "FORMAT",
                help:
                    "lines (default), kv (lines with keys, cut at -K, or else at a tab), file (each file is one record), "
                    + "json (what kcat -J, rpk, kaf and kafkactl write), console (Kafka's console producer), template (-f), "
                    + "framed (--frame)."
            )
        ] + Option.envelopes + Option.formats.filter { !recordOptions.contains($0.name) }

    /// Of the options of formats, those that are about every record.
    private static let recordOptions: Set<Option.Name> = [
        .keyFile, .keyFromFilename, .timestamp, .keyEncoding, .valueEncoding, .headerEncoding, .schemaID,
    ]

    private static let records: [Option] =
        [
            .delimiter, .keyDelimiter, .key, .header,
            Option(
                .value,
                nil,
                "value",
                "VALUE",
                help: "Send VALUE as a record and read no input. Repeatable."
            ),
            Option(
                .tombstone,
                nil,
                "tombstone",
                help: "Send one record without a value, which deletes what has the key of -k, and read no input."
            ),
            Option(
                .nullMarker,
                nil,
                "null-marker",
                "TEXT",
                help: "A key or value that is TEXT is none at all."
            ),
            Option(
                .empty,
                nil,
                "empty",
                "WHAT",
                help:
                    "What becomes of empty records: skip (default), send, or null: sent without a value, and the same for "
                    + "empty keys and values around -K."
            ),
            Option(.chompReturn, nil, "chomp-cr", help: "A carriage return at the end of a line is not part of it."),
            Option(
                .maximumRecordBytes,
                nil,
                "max-record-bytes",
                "SIZE",
                help: "The longest record that is read (default: message.max.bytes, 1000000)."
            ),
        ] + Option.formats.filter { recordOptions.contains($0.name) } + Option.jsonFields
}
