// SPDX-License-Identifier: Apache-2.0

// Options about what is written of each record.
extension Option {
    static let preserve = Option(
        .preserve,
        nil,
        "preserve",
        "FIELDS",
        help:
            "What --format json takes over besides the value: of timestamp, headers, key (these three by default), topic, "
            + "partition; or all, or none."
    )

    static let envelopes: [Option] = [
        preserve,
        Option(
            .missingValue,
            nil,
            "missing-value",
            "WHAT",
            help:
                "What an object of --format json without a value is: error (default), empty (rpk leaves empty ones out), or "
                + "null, which deletes what has its key."
        ),
        Option(
            .unknownMembers,
            nil,
            "unknown-members",
            "WHAT",
            help:
                "What becomes of an object of --format json with members that no record has: error (default), or ignore, "
                + "which leaves them out and says so once."
        ),
    ]

    static let outcomes: [Option] = [
        Option(
            .report,
            nil,
            "report",
            "FILE",
            help: "Write a line about the outcome of each record to FILE, or with - to standard output."
        ),
        Option(
            .reportFormat,
            nil,
            "report-format",
            "FORMAT",
            help:
                "ndjson (default), tsv, or a template: %t topic, %p partition, %o offset, %d timestamp, %k key, %v value, "
                + "%K %V their sizes, %H number of headers, %h{%k=%v } each of them, %s status, %f file, %l line, %a byte it "
                + "begins with, %n number of the record, %L latency in ms, %C %E %R error code, name and reason, %P whether a "
                + "failed one may be in the log; %k{hex} or %k{base64} for bytes; \\n \\t."
        ),
        Option(.reportScope, nil, "report-what", "WHAT", help: "all (default), or errors only."),
        Option(.reportKey, nil, "report-key", help: "Show the key of each record in the report, too."),
        Option(
            .deadLetter,
            nil,
            "dead-letter",
            "FILE",
            help:
                "Add every record that is not delivered, and all input that is no record, to FILE, for kprod replay FILE."
        ),
        Option(
            .deadLetterRaw,
            nil,
            "dead-letter-raw",
            help:
                "Add records to the dead letters as they were read, with their delimiter, to be sent again in the same way."
        ),
        Option(.json, nil, "json", help: "Write the account to standard output at the end, as a JSON object."),
    ]
}
