// SPDX-License-Identifier: Apache-2.0

// Options of `bench`; kafka-producer-perf-test.sh's have its names.
extension Option {
    static let benchLoad = [
        Option(.benchRecords, nil, "num-records", "N", help: "How many records (default 1000000)."),
        Option(.duration, nil, "duration", "TIME", help: "Go on for so long instead."),
        Option(
            .throughput,
            nil,
            "throughput",
            "RATE",
            help: "Records a second, on a schedule that waits for nobody; -1 (default) is as fast as possible."
        ),
        Option(.size, nil, "record-size", "BYTES", help: "The size of a value (default 100)."),
        Option(
            .size,
            nil,
            "size",
            "SIZE",
            help: "The same, or sizes that vary: 100..2000, or normal(1000,200) around a mean."
        ),
        Option(
            .compressibility,
            nil,
            "compressibility",
            "SHARE",
            help: "So much of each value is one byte repeated and the rest is noise, instead of letters from A to Z."
        ),
        Option(
            .payloadFile,
            nil,
            "payload-file",
            "FILE",
            help: "Pick values from the lines of FILE at random instead."
        ),
        Option(.payloadDelimiter, nil, "payload-delimiter", "DELIM", help: "What ends a value in FILE (default \\n)."),
        Option(.payloadMonotonic, nil, "payload-monotonic", help: "The value is the number of the record instead."),
        Option(
            .keyDistribution,
            nil,
            "key-distribution",
            "KIND",
            help: "none (default), range (0 to N - 1 over and over) or random (one of these)."
        ),
        Option(.keyRange, nil, "message-key-range", "N", help: "How many different keys there are (default 10000)."),
        Option(.headers, nil, "headers", "COUNT,BYTES", help: "Give each record so many headers, with values so long."),
        Option(.producers, nil, "producers", "N", help: "Share the load between so many producers (default 1)."),
        Option(.warmup, nil, "warmup-records", "N", help: "Leave the first N records out of the results."),
        Option(
            .repeats,
            nil,
            "repeat",
            "N",
            help: "Run N times, and show the median, the least and the greatest of everything."
        ),
    ]

    static let noPlot = Option(.noPlot, nil, "no-plot", help: "No histogram on stderr.")

    static let benchClient = [
        Option.brokers,
        .bootstrapServer,
        .topic, .property, .configFile, .compression, .waitBroker, .mock,
        Option(
            .property,
            nil,
            "producer-props",
            "KEY=VALUE …",
            help: "The same as -X; more of them may follow, as with --command-property."
        ),
        Option(.property, nil, "command-property", "KEY=VALUE …", help: "The same."),
        Option(.configFile, nil, "producer.config", "FILE", help: "The same as -F, as is --command-config."),
        Option(.configFile, nil, "command-config", "FILE", help: "The same."),
        Option(
            .transactionalID,
            nil,
            "transactional-id",
            "ID",
            help: "Send in transactions, as the producer of this name; several add their number to it."
        ),
        Option(
            .transactionTime,
            nil,
            "transaction-duration-ms",
            "MS",
            help: "How long a transaction is open before it is committed (default 3000); without an ID it has its own."
        ),
    ]

    static let benchResults = [
        Option(
            .reportingInterval,
            nil,
            "reporting-interval",
            "MS",
            help: "How often perf-test's line is written (default 5000)."
        ),
        Option(.printMetrics, nil, "print-metrics", help: "Write metrics under their Java names, as perf-test does."),
        Option(.json, nil, "json", help: "Write the results to stdout as JSON."),
        Option(.csv, nil, "csv", help: "Write them as CSV, a row a run."),
        Option(.plotFile, nil, "plot", "FILE.svg", help: "Draw the latencies by percentile and as a histogram."),
        .noPlot,
        Option(.hdrFile, nil, "hdr", "FILE", help: "Write the latencies as HdrHistogram's tools read them (.hgrm)."),
        Option(.compare, nil, "compare", help: "Run nothing: compare two FILEs that --json wrote."),
    ]
}
