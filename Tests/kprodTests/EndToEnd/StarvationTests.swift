// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

/// A system that has nothing more to give: an error that names the thing, an account that adds up, and an end.
@Suite(.timeLimit(.minutes(3))) struct StarvationTests {
    /// How outputs end up without room: at a limit of the process, on a device that is full, and on a small file system.
    enum Place: String, CaseIterable {
        case limit, device, fileSystem

        /// ThreadSanitizer writes a file of its own as a process starts, and does not come through that limit.
        static let isLimitBearable = ProcessInfo.processInfo.environment["TSAN_OPTIONS"] == nil
        static let bearable = allCases.filter { $0 != .limit || isLimitBearable }

        /// A line that runs `command` with room for 64 KiB in the folder.
        func line(_ folder: String, _ command: String) -> String {
            switch self {
            case .limit: "cd '\(folder)' && ulimit -f 64 && \(command)"
            case .device:
                "cd '\(folder)' && ln -s /dev/full out && \(command)"
            case .fileSystem:
                """
                unshare -m true 2>/dev/null || exit 99
                export -f kprod
                unshare -m bash -c "mount -t tmpfs -o size=64k none '\(folder)' && cd '\(folder)' && \(command)"
                """
            }
        }
    }

    @Test(arguments: Place.bearable, ["--report out", "--dead-letter out -p 9"])
    func aFullOutputEndsTheRunAndIsNamed(place: Place, output: String) async throws {
        let (inputs, outputs) = (
            try TemporaryFiles(["in": (0..<50_000).map { "\($0)\n" }.joined()]), try TemporaryFiles([:])
        )
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let command = "kprod produce -b \(cluster.bootstrapServers[0]) -t t \(output) '\(inputs.path("in"))'"
            let outcome = try await KprodProcess.shell(place.line(outputs.folder.path, command))
            // No right to mount anything here.
            if outcome.status == 99 { return }
            #expect(!outcome.isSignal && outcome.status == 74, "\(outcome)")
            #expect(outcome.messages.contains { $0.contains("out: cannot be written: ") }, "\(outcome.messages)")
            #expect(!outcome.messages.contains { $0.contains("does not add up") }, "\(outcome.messages)")
            let (delivered, failed) = (try outcome.number("delivered"), try outcome.number("failed"))
            #expect(try outcome.number("undelivered") == 0)
            #expect(try await cluster.records(in: "t").count == delivered)
            // It stops soon, and not before it began.
            #expect(delivered + failed > 0 && delivered + failed < 50_000)
        }
    }

    /// A run that needs none of the full disk's files goes on: the checkpoint says where, and is whole or not there.
    @Test(.enabled(if: Place.isLimitBearable)) func aCheckpointIsWholeOrNotThere() async throws {
        let files = try TemporaryFiles(["in": (0..<20_000).map { "\($0)\n" }.joined()])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = "-b \(cluster.bootstrapServers[0]) -t t --checkpoint point in"
            let full = try await KprodProcess.shell(
                "cd '\(files.path(""))' && ulimit -f 0 && kprod produce \(arguments)"
            )
            #expect(full.status == 74, "\(full)")
            #expect(full.messages.contains { $0.contains("point: cannot be written") }, "\(full.messages)")
            #expect((try? files.text("point"))?.isEmpty != true)
        }
    }

    @Test func tooFewDescriptorsAreRefusedInWords() async throws {
        for limit in [12, 20, 40, 63] {
            let outcome = try await KprodProcess.shell("ulimit -n \(limit); echo x | kprod produce --mock -t t")
            #expect(outcome.status == 70, "\(outcome)")
            #expect(
                outcome.messages.first?.hasSuffix(
                    "may have \(limit) open files only and needs 64: raise the limit (ulimit -n)"
                ) == true,
                "\(outcome.messages)"
            )
        }
        // A limit that may be raised is no reason.
        let outcome = try await KprodProcess.shell("ulimit -Sn 12; echo x | kprod produce --mock -t t")
        #expect(outcome.status == 0, "\(outcome)")
    }

    /// Much more than there is memory for goes through what there is.
    @Test(.disabled(if: ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains { ProcessInfo.processInfo.environment[$0] != nil }))
    func littleMemoryIsEnoughForMuchInput() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            // Data, stacks and heaps together; the input is 300 MB.
            let outcome = try await KprodProcess.shell(
                "ulimit -d 262144; head -c 300000000 /dev/zero | tr '\\0' x | fold -w 9999 "
                    + "| kprod produce -b \(cluster.bootstrapServers[0]) -t t"
            )
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try outcome.number("delivered") == 30_004, "\(outcome)")
        }
    }

    /// The command is stopped for longer than its records may take.
    @Test func aStoppedCommandAccountsForAll() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "-X", "delivery.timeout.ms=1000"]
            let kprod = try KprodProcess(arguments + ["--rate", "4000/s"], input: nil)
            kprod.write((0..<6_000).map { "\($0)\n" }.joined())
            kprod.closeInput()
            while try await cluster.records(in: "t").isEmpty { await Task.yield() }
            kprod.signal(SIGSTOP)
            try await Task.sleep(for: .milliseconds(1_500))
            kprod.signal(SIGCONT)
            let outcome = await kprod.finish()
            let (delivered, failed) = (try outcome.number("delivered"), try outcome.number("failed"))
            #expect(delivered + failed == 6_000, "\(outcome)")
            #expect(outcome.status == (failed == 0 ? 0 : 1), "\(outcome)")
            let values = try await cluster.records(in: "t").map(\.valueText)
            #expect(values.count >= delivered && Set(values).count == values.count)
        }
    }
}
