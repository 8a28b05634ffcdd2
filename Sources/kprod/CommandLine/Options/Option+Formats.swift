// SPDX-License-Identifier: Apache-2.0

// Options of what the input looks like beyond lines, and of how its fields stand for bytes.
extension Option {
    static let readerProperty = Option(
        .readerProperty,
        nil,
        "reader-property",
        "KEY=VALUE",
        help: "A property of the console producer's reader: parse.key, parse.headers, key.separator, "
            + "headers.delimiter, headers.separator, headers.key.separator, null.marker, ignore.error. --property takes "
            + "them as well."
    )

    /// Fields of values that are JSON, taken for other parts of their records.
    static let jsonFields: [Option] = [
        Option(
            .keyJSON,
            nil,
            "key-json",
            "POINTER",
            help: "Values are JSON, and the key is what is at POINTER (RFC 6901) in each, such as /user/id."
        ),
        Option(
            .headerJSON,
            nil,
            "header-json",
            "[NAME=]POINTER",
            help: "The same for a header, named NAME or as the last part of POINTER. Repeatable."
        ),
        Option(.partitionJSON, nil, "partition-json", "POINTER", help: "The same for the partition, a number."),
    ]

    static let formats: [Option] = [
        Option(.whole, nil, "whole", help: "All of standard input, or each FILE, is one record: --format file."),
        Option(
            .template,
            "f",
            "template",
            "TEMPLATE",
            help:
                "Records look like TEMPLATE, in the words of rpk: %k key, %v value, %t topic, %p partition, %d time in ms, "
                + "%h{…} headers, sizes in front as %K %V %T %H; {hex}, {base64}, {json}, {big32} and so on behind a letter."
        ),
        Option(
            .frame,
            nil,
            "frame",
            "PREFIX",
            help: "Records have their length in front: u32be, u32le (-1 is null), varint, or kcat-R (its -f '%R%s')."
        ),
        Option(
            .keyFrame,
            nil,
            "key-frame",
            help: "With --frame: a frame with the key comes before that of each value."
        ),
        Option(.parseKey, nil, "parse-key", help: "As Kafka's console producer: KEY, a tab, VALUE (--format console)."),
        Option(
            .parseHeaders,
            nil,
            "parse-headers",
            help: "As Kafka's console producer: NAME:VALUE,NAME:VALUE and a tab before the rest."
        ),
        Option(.keySeparator, nil, "key-separator", "SEPARATOR", help: "What ends a key, instead of a tab."),
        .readerProperty,
        Option(.keyFile, nil, "key-file", "FILE", help: "The key of records that bring none: all of FILE."),
        Option(.keyFromFilename, nil, "key-from-filename", help: "With --format file: the key is the FILE's name."),
        Option(
            .timestamp,
            nil,
            "timestamp",
            "TIME",
            help: "The time of records that bring none: now, milliseconds since 1970, or as 2026-01-31T12:00:00Z."
        ),
        Option(
            .keyEncoding,
            nil,
            "key-encoding",
            "ENCODING",
            help: "Keys are text (default), hex, base64 or json (checked)."
        ),
        Option(.valueEncoding, nil, "value-encoding", "ENCODING", help: "The same for values."),
        Option(
            .headerEncoding,
            nil,
            "header-encoding",
            "ENCODING",
            help: "The same for the values of headers, those of -H too."
        ),
        Option(
            .schemaID,
            nil,
            "schema-id",
            "N",
            help: "Put the five bytes of Confluent's wire format before every value: a zero and this number."
        ),
    ]
}
