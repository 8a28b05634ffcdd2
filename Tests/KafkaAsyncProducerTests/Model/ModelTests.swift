// SPDX-License-Identifier: Apache-2.0

import Testing

/// Random lives of a producer against a reference: its calls and the faults of the mock cluster, in any order.
///
/// Not among the calls: those of a forked child and of package traits, the handlers of a configuration, and
/// configurations that are refused.
@Suite struct ModelTests {
    @Test func everyLifeKeepsItsPromises() async { await ModelRun.live(isTransactional: false, count: 600) }
}
