// SPDX-License-Identifier: Apache-2.0

/// Something that ends a run: one line for people that says what, where and what to do next.
struct ToolError: Error, Equatable, Sendable {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    static func usage(_ message: String) -> ToolError { ToolError(.usage, message) }
}
