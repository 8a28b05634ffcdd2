// SPDX-License-Identifier: Apache-2.0

// Options of runs that can go on from where they were.
extension Option {
    static let checkpoints: [Option] = [
        Option(
            .checkpoint,
            nil,
            "checkpoint",
            "FILE",
            help: "Write to FILE every second, and at the end, which records of the input are delivered or in the "
                + "--dead-letter file."
        ),
        Option(
            .resume,
            nil,
            "resume",
            help: "Go on from where the --checkpoint is: what it names is not sent again. Without such a file, begin."
        ),
    ]
}
