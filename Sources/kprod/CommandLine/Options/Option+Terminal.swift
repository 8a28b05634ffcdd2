// SPDX-License-Identifier: Apache-2.0

// Options about what is shown while a command runs.
extension Option {
    static let color = Option(
        .color,
        nil,
        "color",
        "WHEN",
        help:
            "auto (default: on a terminal, unless NO_COLOR is set; CLICOLOR_FORCE=1 colours anything), always or never."
    )
    static let progress = Option(
        .progress,
        nil,
        "progress",
        "KIND",
        help: "auto (default: bar on a terminal, else none), bar (one line, redrawn), plain (a line every "
            + "--stats-interval), json (an object instead), none. All of it on stderr."
    )
    static let statsInterval = Option(
        .statsInterval,
        nil,
        "stats-interval",
        "TIME",
        help: "How often --progress plain and json and --stats-file report (default 5s)."
    )
    static let statsFile = Option(
        .statsFile,
        nil,
        "stats-file",
        "FILE",
        help: "Append the objects of --progress json to FILE, and a last one at the end."
    )
    static let noInput = Option(
        .noInput,
        nil,
        "no-input",
        help: "Never ask: that standard input is a terminal is an error instead of an invitation to type records."
    )

    static let reporting = [progress, statsInterval, statsFile, color]
}
