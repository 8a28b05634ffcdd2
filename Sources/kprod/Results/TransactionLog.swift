// SPDX-License-Identifier: Apache-2.0

/// Writes down what became of transactions: in the account, the report and the checkpoint.
struct TransactionLog: TransactionObserver {
    let ledger: Ledger
    /// What is written of each record, if anything is.
    let log: OutcomeLog?
    let onProblem: @Sendable (ToolError) -> Void

    func committed(_ number: Int, records: Int) async {
        await ledger.committed(number, records: records)
        log?.report?.add(transaction: number, status: "committed", records: records)
        log?.checkpoint?.commit()
        if let problem = await log?.saveCheckpoint() { onProblem(problem) }
    }

    func aborted(_ number: Int, records: Int, isUnknown: Bool) async {
        await ledger.aborted(number, records: records, isUnknown: isUnknown)
        log?.report?.add(transaction: number, status: isUnknown ? "unknown" : "aborted", records: records)
    }
}
