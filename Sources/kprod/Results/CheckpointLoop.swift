// SPDX-License-Identifier: Apache-2.0

/// Writes a checkpoint every second while a run goes on, and once more at its end.
struct CheckpointLoop: Sendable {
    private let checkpoint: Checkpoint
    private let deadLetters: DeadLetters?
    private let task: Task<Void, Never>

    /// Calls `onFailure` when it cannot be written, once.
    ///
    /// What it says is done is in the report and in the dead letters before, as far as those are files.
    init(
        _ checkpoint: Checkpoint,
        _ report: Report?,
        _ deadLetters: DeadLetters?,
        onFailure: @escaping @Sendable (ToolError) -> Void
    ) {
        self.checkpoint = checkpoint
        self.deadLetters = deadLetters
        task = Task {
            while true {
                do { try await Task.sleep(for: Checkpoint.interval) } catch { return }
                let problem = await checkpoint.write {
                    // That of the report ends the run by itself.
                    if let report, report.writer.isFile { _ = await report.writer.flush() }
                    return await deadLetters?.writer.flush()
                }
                if let problem { return onFailure(problem) }
            }
        }
    }

    /// Ends the writing every second: before outputs are closed on which a checkpoint relies.
    func stop() async {
        task.cancel()
        await task.value
    }

    /// Writes the last one, when everything else is written.
    func finish() async -> ToolError? {
        // What is a dead letter for the checkpoint must be one.
        if deadLetters?.writer.failure != nil { return nil }
        return await checkpoint.write { nil }
    }
}
