// SPDX-License-Identifier: Apache-2.0

/// What `--json` writes when nothing came of a command but an error: programs get an object on every way out.
enum FailureObject {
    /// Writes it to standard output, as far as that goes; the error itself has been said.
    static func write(_ error: ToolError) {
        var text = JSONText()
        text.line { text in
            text.add("exit", error.status.rawValue)
            text.add("error", printable(error.message, limit: 1_000))
        }
        try? StandardOutput.write(text.text)
    }
}
