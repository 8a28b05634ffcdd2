// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RequestService

struct OptionsTests {
    @Test func itServesOrAsks() throws {
        #expect(try Options([]) == .serve(.init()))
        #expect(try Options(["--brokers", "a:1,b:2"]) == .serve(.init(brokers: ["a:1", "b:2"])))
        #expect(try Options(["ask", "s", "x y", "z"]) == .ask(socket: "s", requests: ["x y", "z"]))
    }

    @Test(arguments: [["--broker", "a:1"], ["--socket"], ["--heartbeat-limit", "0"], ["ask"], ["file"]])
    func whatCannotBeReadIsRefused(_ arguments: [String]) {
        #expect(throws: Options.Usage.self) { try Options(arguments) }
    }
}
