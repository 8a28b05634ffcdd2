// SPDX-License-Identifier: Apache-2.0

/// Writes a checkpoint every second while a run goes on, and once more at its end.
struct CheckpointLoop: Sendable {
    private let checkpoint: Checkpoint
    private let deadLetters: DeadLetters?
    /// With transactions each commit writes it.
    private let task: Task<Void, Never>?

    /// Calls `onFailure` when it cannot be written, once.
    ///
    /// What it says is done is in the report and in the dead letters before, as far as those are files.
    init(_ checkpoint: Checkpoint, _ log: OutcomeLog, onFailure: @escaping @Sendable (ToolError) -> Void) {
        self.checkpoint = checkpoint
        deadLetters = log.deadLetters
        guard !checkpoint.isTransactional else {
            task = nil
            return
        }
        task = Task {
            while true {
                do { try await Task.sleep(for: Checkpoint.interval) } catch { return }
                if let problem = await log.saveCheckpoint() { return onFailure(problem) }
            }
        }
    }

    /// Ends the writing every second: before outputs are closed on which a checkpoint relies.
    func stop() async {
        task?.cancel()
        await task?.value
    }

    /// Writes the last one, when everything else is written.
    func finish() async -> ToolError? {
        // What is a dead letter for the checkpoint must be one.
        if deadLetters?.writer.failure != nil { return nil }
        return await checkpoint.write { nil }
    }
}
