// SPDX-License-Identifier: Apache-2.0

extension ManPage {
    /// The formats of `--format`, those that there are.
    mutating func addRecordFormats() {
        section("RECORDS")
        for name in ProduceCommand.syntax.options.first(where: { $0.name == .format })?.helpWords ?? [] {
            item(name, Self.formatTexts[name] ?? "See kprod help produce.")
        }
        paragraph("In delimiters \\n, \\t, \\r, \\0, \\\\ and \\xNN are understood; they may have several bytes.")
        paragraph("A record longer than --max-record-bytes (message.max.bytes by default) fails, and the next is read.")
    }

    private static let formatTexts: [String: String] = [
        "lines":
            "A record ends at the delimiter of -D, a newline by default; the last needs none. The delimiter is not part of "
            + "the record, a carriage return before it is, unless --chomp-cr. Empty records are skipped and counted; "
            + "--empty sends them, with an empty value or without one.",
        "kv":
            "Lines that are cut at the first delimiter of -K (in produce a tab by default): key before it, value after it. A "
            + "record without the delimiter has no key but that of -k. An empty key or value is empty and not absent, "
            + "unless -Z or --empty null. --null-marker TEXT makes a key or value that is TEXT absent.",
        "file":
            "Each file is one record, final newline included; so is standard input. Empty files are skipped.",
        "console":
            "As Kafka's console producer reads a line: headers and their delimiter with --parse-headers, key and separator "
            + "with --parse-key, value; each ends at the first occurrence of what ends it. The properties of "
            + "--reader-property have Kafka's names and defaults. Empty lines are sent, LF, CR and CRLF end a line, and "
            + "bytes that are no UTF-8 are kept.",
        "json":
            "A stream of JSON objects, one per line or over several; see ENVELOPES.",
        "template":
            "Records look like the text of -f, in the words of rpk: %k key, %v value, %t topic, %p partition, %d time "
            + "(milliseconds, or as 2026-01-31T12:00:00Z), %h{…} headers, %K %V %T %H sizes in front of what they measure, {hex}, {base64}, {json} or a "
            + "kind of number such as {big32} behind a letter; \\n, \\t, \\r, \\\\, \\xNN, %% and %{ for themselves. A part "
            + "ends at the text that follows it.",
        "framed":
            "Each record has its length in front: --frame u32be or u32le, where -1 is null, varint, or kcat-R as kcat -f "
            + "'%R%s' writes. With --key-frame a frame with the key comes before that of the value.",
    ]

    /// What goes in with `--format json` and comes out with `--report` and `--dead-letter`.
    mutating func addEnvelopes() {
        section("ENVELOPES")
        paragraph(
            "What kcat -J, rpk, kaf and kafkactl write is read: an object with any of these members, whose names are "
                + "compared without regard to case."
        )
        for (name, meaning) in [
            ("topic, partition", "Where it goes, with --preserve topic,partition or all."),
            (
                "key, value or payload",
                "A string is its bytes, also where they are no UTF-8; null is none; other JSON is its own "
                    + "source text."
            ),
            ("key_base64, key_hex, value_base64, …", "The same as bytes."),
            (
                "headers",
                "An array of names and values in turn, of {key, value}, of pairs, or an object. Order and repeated "
                    + "names are kept."
            ),
            (
                "timestamp or ts",
                "Milliseconds since 1970, or as 2026-01-31T12:00:00Z. A number that is plainly of seconds or microseconds "
                    + "is named."
            ),
        ] { item(name, meaning) }
        paragraph(
            "Null is only what the input says is null: an object without a value is an error, unless --missing-value says that "
                + "it is empty (as rpk leaves empty values out) or null. What a consumer adds, such as offset, broker, tstype and "
                + "schema ids, is ignored. Any other member is an error, unless --unknown-members ignore leaves it out. Two "
                + "members for one field are an error."
        )
        section("REPORTS")
        paragraph("With --report, a line for each record, in the order in which its outcome was known:")
        example([
            "{\"seq\":17,\"src\":\"a.txt\",\"line\":17,\"at\":4096,\"status\":\"delivered\",\"topic\":\"t\",\"partition\":2,",
            "    \"offset\":9123,\"timestamp\":1732147200123,\"latency_ms\":3.41}",
        ])
        paragraph(
            "seq counts the records read, src is the file (src_base64 where its name is no UTF-8), at is the byte a record "
                + "begins with. The status is delivered, failed or undelivered; "
                + "the latter two have an error (code, name, text), persisted (no, possibly, yes) and retriable. FILE is "
                + "replaced, unless another process writes to it, or the run goes on with --resume: then lines are added."
        )
        section("DEAD LETTERS")
        paragraph(
            "With --dead-letter, each record that was not delivered as an envelope, with its error and where it was read. Bytes "
                + "that are no UTF-8 are base64; input that is no record is raw or, if it is no text, raw_base64. The first "
                + "line tells of the run. kprod replay sends them again; --dead-letter-raw keeps them as they were read "
                + "instead. Lines are added whole, so that several processes may share a FILE, and it may be cut short. "
                + "Reading waits while failures wait to be written: none is missing."
        )
        section("INPUT THAT STOPS")
        paragraph(
            "A record that does not parse, or is too large, costs only itself. Where nothing says where the next one begins "
                + "(a length that is none, a size without its bytes, a template without a text at its end), reading stops: the "
                + "message says at which byte, the status is 65, and a run with --resume begins there."
        )
    }

    /// What `--checkpoint` keeps.
    mutating func addCheckpoints() {
        section("CHECKPOINTS")
        paragraph(
            "With --checkpoint, one JSON object that tells how far a run has come, written before anything is sent, and from "
                + "then on replaced at once by a complete new one, which is on the disk before. Whoever watches a run may read it at any time."
        )
        for (name, meaning) in [
            ("kprod_checkpoint", "The version of the format, 1."),
            ("topic, format, time", "Where the records go, how the input is cut, and when this was written."),
            ("inputs", "One for each FILE, in their order, or one for standard input, whose path is -:"),
            ("  acked_records, acked_bytes, line", "The first records, which are done, and where to read on."),
            ("  sparse_acked", "Records behind those, done as well: the first and the last of each run, from 1."),
            ("  records", "How many records the input has; not there until its end was read."),
            ("  file", "What the file is known by: device, inode, size, and a digest of its beginning."),
            (
                "  open_record",
                "The last record, if nothing but the end of the input ended it: when there is more of it, the "
                    + "next run sends it whole."
            ),
        ] { item(name, meaning) }
        paragraph(
            "A record is done when it was delivered, is a dead letter, or is empty and skipped. With --resume no such record "
                + "is sent again; input that is not what it was is refused."
        )
        paragraph(
            "With --follow there is an input for each file that has the name, or had it and is not done. After a restart each is "
                + "read on where it was, also when it was renamed within its folder meanwhile, and then what has the name now. "
                + "A file that was rotated twice while nothing followed it, and never had the name before, is not seen. While it "
                + "is followed, each is opened as soon as it is there, and kept open until it is read: none is lost that is "
                + "renamed or deleted while records wait."
        )
    }
}
