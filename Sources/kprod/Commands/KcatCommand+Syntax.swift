// SPDX-License-Identifier: Apache-2.0

extension KcatCommand {
    static let syntax = CommandSyntax(
        name: "kcat",
        summary: "The same with the options of kcat -P; also when the first argument is an option.",
        operands: "[FILE…]",
        options: [
            Option(.produceMode, "P", nil, help: "Produce; also without it unless standard input is a terminal."),
            Option(.listMode, "L", nil, help: "List metadata: not possible yet."),
            Option(.otherMode, "C", nil, help: "Consume: use kcat, as for -G and -Q."),
            Option(.otherMode, "G", nil, "GROUP", help: "Consume as a group: use kcat."),
            Option(.otherMode, "Q", nil, help: "Query offsets: use kcat."),
            .brokers, .topic, .partition, .delimiter, .keyDelimiter, .key, .header, .compression, .count,
            Option(.lines, "l", nil, help: "FILEs hold lines; without it each FILE is one record."),
            Option(
                .tee,
                "T",
                nil,
                help: "Copy every record to standard output, with its key and without its delimiter."
            ),
            Option(.emptyIsNull, "Z", nil, help: "With -K, an empty key or value is null."),
            Option(
                .property,
                "X",
                "property",
                "KEY=VALUE",
                help: "A property of librdkafka; \"dump\" shows what is set, secrets left out. Repeatable."
            ),
            Option(
                .configFile,
                "F",
                "config",
                "FILE",
                help: "Read properties from FILE instead of $KCAT_CONFIG or ~/.config/kcat.conf; - reads none."
            ),
            Option(
                .metadataTimeout,
                "m",
                nil,
                "SECONDS",
                help: "Give up when nothing could be delivered for this long after the first record (default 30)."
            ),
            Option(.debug, "d", nil, "CONTEXTS", help: "Show librdkafka's debug log, such as broker,msg."),
            .quiet,
            Option(.verbose, "v", nil, help: "Show the client's log; -vvv shows each delivered record as well."),
            Option(.accepted, "E", nil, help: "Accepted: an outage is always waited out."),
            Option(.accepted, "J", nil, help: "Accepted, as are -e -u -O -o -f -s -r: they matter to consumers only."),
            Option(.accepted, "e", nil, help: "See -J."),
            Option(.accepted, "u", nil, help: "See -J."),
            Option(.accepted, "O", nil, help: "See -J."),
            Option(.accepted, "o", nil, "OFFSET", help: "See -J."),
            Option(.accepted, "f", nil, "FORMAT", help: "See -J."),
            Option(.accepted, "s", nil, "SERDES", help: "See -J."),
            Option(.accepted, "r", nil, "URL", help: "See -J."),
            Option(.version, "V", nil, help: "Show the versions."),
            .help,
        ],
        notes: [
            "Records and keys are cut as kcat cuts them, and librdkafka's own partitioner (consistent_random) places "
                + "them. Different on purpose: what is on its way is delivered on every way out, a signal is heard at "
                + "once, an outage is waited out, -l takes several files and -, delimiters may hold \\r and \\0, and the "
                + "exit status is 0 only if everything was delivered."
        ],
        examples: ["tail -F app.log | kprod -b $BROKERS -t logs -z zstd"]
    )
}
