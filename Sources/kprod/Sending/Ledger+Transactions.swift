// SPDX-License-Identifier: Apache-2.0

import Synchronization

extension Ledger: TransactionObserver {
    func committed(_ number: Int, records: Int) async { await waitForDelivered(adding: records) }

    func aborted(_ number: Int, records: Int, isUnknown: Bool) async {
        await waitForDelivered(adding: records)
        state.withLock { state in
            state.revoked += records
            state.failures.addAborted(records, isUnknown: isUnknown)
        }
    }

    /// Waits until so many more deliveries have been told of than it was waited for before.
    private func waitForDelivered(adding count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                state.awaited += count
                if state.delivered >= state.awaited { return true }
                state.waiter = continuation
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}
