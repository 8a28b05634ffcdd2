// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct OtherCommandsTests {
    @Test func aMockServesOtherProcessesUntilASignal() async throws {
        let mock = try KprodProcess(["mock", "--brokers", "2", "--topic", "orders:3"])
        let line = await mock.output.wait(for: "\n")
        #expect(line.hasPrefix("BROKERS=127.0.0.1:"))
        let servers = String(line.dropFirst("BROKERS=".count).dropLast())
        #expect(servers.split(separator: ",").count == 2)
        let outcome = try await KprodProcess.run(["produce", "-b", servers, "-t", "orders"], input: "a\nb\n")
        #expect(outcome.status == 0)
        #expect(try outcome.number("delivered") == 2)
        mock.signal(SIGTERM)
        let end = await mock.finish()
        #expect(end.isSignal && end.status == SIGTERM)
        #expect(end.messages == [])
    }

    @Test func aDemoNeedsNothing() async throws {
        let outcome = try await KprodProcess.run(["demo", "-c", "20000", "--size", "30"])
        #expect(outcome.status == 0)
        #expect(outcome.output == "")
        #expect(outcome.messages.first == "demo: 20,000 records, 30 B, 1 producer, as fast as possible")
        #expect(outcome.messages.contains { $0.hasPrefix("latency, ms  ") })
        #expect(outcome.messages.contains { $0.contains(" ms │█") || $0.contains(" ms |#") })
        #expect(outcome.account.hasPrefix("delivered 20,000 (586 KiB) in "))
    }

    @Test func helpAndVersionAreData() async throws {
        for arguments in [["--help"], ["help"], ["help", "produce"], ["produce", "--help"], ["version"], ["-V"]] {
            let outcome = try await KprodProcess.run(arguments)
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("kprod"))
            #expect(outcome.messages == [])
        }
        #expect(try await KprodProcess.run(["version"]).output.contains("\nlibrdkafka 2."))
    }
}
