// SPDX-License-Identifier: Apache-2.0

import Foundation
import RDKafka
import Testing

@Suite struct ProcessEnvironmentTests {
    @Test func itIsTheProcesses() {
        #expect(ProcessEnvironment.variables == ProcessInfo.processInfo.environment)
    }
}
