// SPDX-License-Identifier: Apache-2.0

extension KcatCommand {
    static let syntax = CommandSyntax(
        name: "kcat",
        summary: "As kcat -P and -L; the name may be left out before an option.",
        operands: "[FILE…]",
        options: [
            Option(.produceMode, "P", nil, help: "Produce; also without it unless standard input is a terminal."),
            Option(.listMode, "L", nil, help: "List brokers, topics and partitions; with -t those of one topic."),
            Option(.otherMode, "C", nil, help: "Consume: use kcat, as for -G and -Q."),
            Option(.otherMode, "G", nil, "GROUP", help: "Consume as a group: use kcat."),
            Option(.otherMode, "Q", nil, help: "Query offsets: use kcat."),
            .brokers, .topic, .partition, .delimiter, .keyDelimiter, .key, .header, .compression, .count,
            Option(.lines, "l", nil, help: "FILEs hold lines; without it each FILE is one record."),
            Option(
                .tee,
                "T",
                nil,
                help: "Copy every record that is a line to standard output, with its key and without its delimiter."
            ),
            Option(.emptyIsNull, "Z", nil, help: "With -K, an empty key or value is null."),
            Option(
                .property,
                "X",
                "property",
                "KEY=VALUE",
                help: "A property of librdkafka; \"list\" shows all there are, \"dump\" those in effect. Repeatable."
            ),
            .configFile,
            Option(
                .metadataTimeout,
                "m",
                nil,
                "SECONDS",
                help:
                    "Give up when nothing could be delivered for this long after the first record (default 30); with -L "
                    + "when no broker has answered (default 5)."
            ),
            Option(.debug, "d", nil, "CONTEXTS", help: "Show librdkafka's debug log, such as broker,msg."),
            .quiet, .mock,
            Option(.verbose, "v", nil, help: "Show the client's log; -vv shows each delivered record as well."),
            Option(.accepted, "E", nil, help: "Accepted: an outage is always waited out."),
            Option(.listJSON, "J", nil, help: "With -L, write JSON."),
            Option(.accepted, "e", nil, help: "Accepted, as are -u -O -o -f -s -r: they matter to consumers only."),
            Option(.accepted, "u", nil, help: "See -e."),
            Option(.accepted, "O", nil, help: "See -e."),
            Option(.accepted, "o", nil, "OFFSET", help: "See -e."),
            Option(.accepted, "f", nil, "FORMAT", help: "See -e."),
            Option(.accepted, "s", nil, "SERDES", help: "See -e."),
            Option(.accepted, "r", nil, "URL", help: "See -e."),
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
