// SPDX-License-Identifier: Apache-2.0

import Testing

/// The same with a transactional producer: what becomes of its transactions, and of the messages in them.
@Suite struct TransactionModelTests {
    @Test func everyLifeKeepsItsPromises() async { await ModelRun.live(isTransactional: true, count: 300) }
}
