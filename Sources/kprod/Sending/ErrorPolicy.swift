// SPDX-License-Identifier: Apache-2.0

/// How many failed records a run puts up with.
struct ErrorPolicy: Equatable, Sendable {
    /// What to do about the first.
    enum Reaction: String, CaseIterable, Sendable {
        case `continue`, stop
    }

    /// Nil goes on whatever fails.
    var limit: Int?
    /// Whether the loss of every broker ends the run, too.
    var failsFast = false
    /// Whether a failure aborts the transaction that the record is in.
    var aborts = false

    /// Why a run was stopped.
    var reason: ToolError {
        if aborts { return ToolError(.someFailed, "a record failed: its transaction is aborted, and reading stopped") }
        if failsFast { return ToolError(.someFailed, "a record failed: reading stopped (--fail-fast)") }
        guard let limit, limit > 0 else {
            return ToolError(.someFailed, "a record failed: reading stopped (--on-error stop)")
        }
        return ToolError(
            .someFailed,
            "more than \(NumberText.records(limit)) failed: reading stopped (--max-errors)"
        )
    }
}
