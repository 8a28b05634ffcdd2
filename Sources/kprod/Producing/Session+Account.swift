// SPDX-License-Identifier: Apache-2.0

extension Session {
    /// Runs and writes the account, which is the last line also of a run that never began.
    func runToAccount(
        _ feed: some RecordFeed,
        _ terminal: Terminal,
        checkingFirst check: () throws(ToolError) -> Void = {}
    ) async -> Ending {
        let result: Result
        do throws(ToolError) {
            try check()
            result = try await run(feed, terminal)
        } catch {
            terminal.error(error.message)
            result = Result(ending: .status(error.status))
        }
        if measuresLatency, result.latency.count > 0 {
            let (p50, p99) = (result.latency.percentile(0.5), result.latency.percentile(0.99))
            terminal.note(
                "latency p50 \(NumberText.milliseconds(p50)), p99 \(NumberText.milliseconds(p99)), "
                    + "max \(NumberText.milliseconds(result.latency.maximum))"
            )
        }
        if !isQuiet || result.ending != .status(.success) { terminal.note(result.account.line(after: result.elapsed)) }
        return result.ending
    }
}
