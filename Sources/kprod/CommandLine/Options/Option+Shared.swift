// SPDX-License-Identifier: Apache-2.0

// Options that more than one command has.
extension Option {
    static let help = Option(.help, "h", "help", help: "Show this page.")
    static let quiet = Option(
        .quiet,
        "q",
        "quiet",
        help: "Only errors on stderr; the account line too, unless everything was delivered."
    )
    static let drainTimeout = Option(
        .drainTimeout,
        nil,
        "drain-timeout",
        "TIME",
        help: "After a signal, wait this long for records on their way (default 10s). When given, the end of the input "
            + "is bound by it too; otherwise message.timeout.ms is the limit there."
    )
    static let brokers = Option(.brokers, "b", "brokers", "HOST:PORT,…", help: "Where to find the cluster.")

    /// The client's options in the words of Kafka's own tools.
    static let clientAliases = [
        bootstrapServer,
        Option(.brokers, nil, "broker-list", "HOST:PORT,…", help: "The same."),
        Option(.property, nil, "producer-property", "KEY=VALUE", help: "The same as -X."),
        Option(.property, nil, "command-property", "KEY=VALUE", help: "The same."),
        Option(.configFile, nil, "command-config", "FILE", help: "The same as -F."),
        Option(.configFile, nil, "producer.config", "FILE", help: "The same."),
    ]
    static let bootstrapServer = Option(
        .brokers,
        nil,
        "bootstrap-server",
        "HOST:PORT,…",
        help: "The same as -b, in Kafka's words."
    )
    static let topic = Option(.topic, "t", "topic", "TOPIC", help: "Where the records go.")
    static let partition = Option(
        .partition,
        "p",
        "partition",
        "N",
        help: "The partition; -1 leaves the choice to the partitioner, as without this option."
    )
    static let key = Option(.key, "k", "key", "KEY", help: "The key of records that bring none of their own.")
    static let keyDelimiter = Option(
        .keyDelimiter,
        "K",
        "key-delimiter",
        "DELIM",
        help: "The key ends at the first DELIM of a record; a record without it has no key. \\n \\t \\r \\0 \\\\ and "
            + "\\xNN are understood."
    )
    static let delimiter = Option(
        .delimiter,
        "D",
        "delimiter",
        "DELIM",
        help: "A record ends at DELIM, which may have several bytes, instead of at a newline."
    )
    static let header = Option(
        .header,
        "H",
        "header",
        "NAME=VALUE",
        help: "A header of every record; without = its value is null. Repeatable, in order."
    )
    static let compression = Option(
        .compression,
        "z",
        "compression",
        "CODEC",
        help: "none, gzip, snappy, lz4 or zstd (default none)."
    )
    static let count = Option(.count, "c", "count", "N", help: "Stop after N records; skipped ones do not count.")
    static let property = Option(
        .property,
        "X",
        "property",
        "KEY=VALUE",
        help: "A property of librdkafka, such as linger.ms=50 or security.protocol=ssl. Repeatable."
    )
    static let configFile = Option(
        .configFile,
        "F",
        "config",
        "FILE",
        help: "Read properties from FILE, librdkafka's or Java's, instead of $KPROD_CONFIG, $KCAT_CONFIG, "
            + "~/.config/kprod/kprod.conf or ~/.config/kcat.conf; - reads none. The command line and KPROD_* win."
    )
    static let waitBroker = Option(
        .waitBroker,
        nil,
        "wait-broker",
        "TIME",
        help: "Give up when nothing could be delivered for this long after the first record (default 30s)."
    )
}
