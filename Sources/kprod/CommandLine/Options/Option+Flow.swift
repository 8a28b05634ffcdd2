// SPDX-License-Identifier: Apache-2.0

// Options of how records flow: how many, how fast, and when to stop.
extension Option {
    static let flow: [Option] = [
        .count,
        Option(
            .skip,
            nil,
            "skip",
            "N",
            help: "Pass over the first N records; they count as skipped, empty ones do not count."
        ),
        Option(.repeatCount, nil, "repeat", "N", help: "Send the input N times; it must be files, or --value."),
        Option(
            .rate,
            nil,
            "rate",
            "N/s",
            help: "Send no faster: records (5000/s, 10k/s) or bytes of keys and values (20MiB/s)."
        ),
        Option(
            .follow,
            nil,
            "follow",
            help:
                "As tail -F: at the end of a FILE wait for more, also when it is replaced, cut short or not there yet. "
                + "A signal ends it; with --checkpoint and --resume it goes on from there."
        ),
        Option(
            .fromEnd,
            nil,
            "from-end",
            help: "With --follow: only what is added from now on, beginning with a line that is not complete yet."
        ),
        Option(
            .onError,
            nil,
            "on-error",
            "WHAT",
            help: "After a record that fails or does not parse: continue (default), or stop reading."
        ),
        Option(.maximumErrors, nil, "max-errors", "N", help: "Stop reading when more than N records have failed."),
        Option(
            .failFast,
            nil,
            "fail-fast",
            help: "Stop at the first failed record, and give up as soon as no broker can be reached."
        ),
        Option(
            .resend,
            nil,
            "resend",
            help:
                "When a broker refuses a batch because of one record (too large, say), send records with keys again, too, "
                + "each alone: they come behind what was sent meanwhile, so that records of one key may change places. "
                + "Without it only records without a key are sent again, and the others of the batch fail."
        ),
        Option(
            .dryRun,
            nil,
            "dry-run",
            help:
                "Read and check everything, send nothing: shows counts, sizes and the first records (-v all of them), and with -b "
                + "the partition of each."
        ),
    ]
}
