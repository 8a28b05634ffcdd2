// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import GracefulService

struct OptionsTests {
    @Test func theDefaultsNeedNothing() throws {
        let options = try Options([])
        #expect(options.brokers == nil && options.stopWithin == 10)
    }

    @Test func brokersAreAList() throws {
        let options = try Options(["--brokers", "a:1,b:2", "--spool", "s", "--stop-within", "30"])
        #expect(options.brokers == ["a:1", "b:2"] && options.spool == "s" && options.stopWithin == 30)
    }

    @Test(arguments: [["--broker", "a:1"], ["--brokers"], ["--stop-within", "3"], ["--stop-within", "x"], ["file"]])
    func whatCannotBeReadIsRefused(_ arguments: [String]) {
        #expect(throws: Options.Usage.self) { try Options(arguments) }
    }
}
