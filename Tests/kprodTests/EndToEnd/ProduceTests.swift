// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// The command against a mock cluster: what arrives, what it says, how it ends.
@Suite(.timeLimit(.minutes(2))) struct ProduceTests {
    /// kcat's golden cases for lines and `-K`.
    @Test(
        arguments: [
            ([], "a\n\nb", ["∅,a", "∅,b"], 1),
            (["-K:"], "k:v\nx\n:y\nz:\na:b:c\n", ["k,v", "∅,x", ",y", "z,", "a,b:c"], 0),
            (["-K", ";Key;"], "k1;Key;v1\nv2\n;Key;\n", ["k1,v1", "∅,v2", ","], 0),
            (["-K\\x41"], "kAv\n", ["k,v"], 0),
            ([], "a\r\n", ["∅,a\r"], 0),
            ([], "", [], 0),
            ([], "\n\n\n", [], 3),
            ([], "no newline", ["∅,no newline"], 0),
            (["--empty", "send"], "a\n\nb", ["∅,a", "∅,", "∅,b"], 0),
            (["--empty=null", "-K:"], "a\n\n:b\nc:\n", ["∅,a", "∅,∅", "∅,b", "c,∅"], 0),
            (["--chomp-cr"], "a\r\n\r\nb\r", ["∅,a", "∅,b"], 1),
            (
                ["--null-marker", "NULL", "-K:"], "NULL:v\nk:NULL\nNULL\nk:NULLS\n", ["∅,v", "k,∅", "∅,∅", "k,NULLS"], 0
            ),
            (["--format", "kv", "-k", "F"], "a\tb\nc\n", ["a,b", "F,c"], 0),
            (["--format=file"], "a\n\nb\n", ["∅,a\n\nb\n"], 0),
            (["-D;;", "-c2"], "a;;;;b;;c", ["∅,a", "∅,b"], 1),
            (["--value", "a", "--value=", "-k", "K"], "unread", ["K,a", "K,"], 0),
            (["--tombstone", "-k", "K"], "unread", ["K,∅"], 0),
            (["--acks", "1", "--linger", "0ms", "--delivery-timeout", "1m", "-z", "zstd"], "a", ["∅,a"], 0),
        ] as [([String], String, [String], Int)]
    )
    func goldenCases(options: [String], input: String, records: [String], skipped: Int) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t"] + options
            let outcome = try await KprodProcess.run(arguments, input: input)
            #expect(outcome.status == 0 && !outcome.isSignal)
            #expect(outcome.output == "")
            #expect(outcome.messages.count == 1)
            #expect(outcome.account.hasPrefix("delivered \(records.count) ("))
            #expect(outcome.account.hasSuffix("failed 0; undelivered 0; skipped \(skipped)"))
            #expect(try await written(cluster, "t") == records)
        }
    }

    @Test func readsFilesAndStandardInputInOrder() async throws {
        let files = try TemporaryFiles(["a.txt": "1\n2", "b.txt": "4\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-qb", cluster.bootstrapServers[0], "-t", "t"]
            let operands = [files.path("a.txt"), "-", files.path("b.txt")]
            let outcome = try await KprodProcess.run(arguments + operands, input: "3\n")
            #expect(outcome.status == 0)
            #expect(outcome.messages == [])
            #expect(try await written(cluster, "t") == ["∅,1", "∅,2", "∅,3", "∅,4"])
        }
    }

    /// Lines that cross the borders of the chunks that a pipe and a file come in.
    @Test(arguments: [true, false])
    func nothingIsLostBetweenChunks(fromFile: Bool) async throws {
        let lines = (0..<60_000).map { "\($0) \(String(repeating: "x", count: $0 % 37))" }
        let text = lines.joined(separator: "\n")
        let files = try TemporaryFiles(["lines": fromFile ? text : ""])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t"]
            let outcome = try await KprodProcess.run(
                arguments + (fromFile ? [files.path("lines")] : []),
                input: fromFile ? "" : text
            )
            #expect(outcome.status == 0)
            #expect(try outcome.number("delivered") == lines.count)
            #expect(try await cluster.records(in: "t").map(\.valueText) == lines)
        }
    }

    @Test func aLineOverTheLimitCostsOnlyItself() async throws {
        let long = String(repeating: "x", count: 400_000)
        let files = try TemporaryFiles(["in.txt": "a\n\(long)\nb\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await KprodProcess.run(
                [
                    "produce", "-b", cluster.bootstrapServers[0], "-t", "t", "-Xmessage.max.bytes=300000",
                    files.path("in.txt"),
                ]
            )
            #expect(outcome.status == 1)
            #expect(
                outcome.messages.first?.contains(
                    "1 × MESSAGE_TOO_LARGE (at \(files.path("in.txt")):2): a line of 400,000 bytes is over the limit of 300,000;"
                ) == true
            )
            #expect(outcome.account.hasSuffix("failed 1; undelivered 0; skipped 0"))
            #expect(try await written(cluster, "t") == ["∅,a", "∅,b"])
        }
    }

    @Test func theLimitCanBeNamed() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let broker = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--max-record-bytes"]
            let low = try await KprodProcess.run(broker + ["3", "--format", "file"], input: "1234")
            #expect(low.status == 1)
            #expect(low.messages.first?.contains("(at stdin:1): a file of 4 bytes is over the limit of 3") == true)
            let long = String(repeating: "x", count: 1_500_000)
            #expect(try await KprodProcess.run(broker + ["2MB"], input: long).status == 0)
            #expect(try await cluster.records(in: "t").map { $0.value?.count } == [1_500_000])
        }
    }

    @Test func aRefusalByTheBrokerIsReportedByCause() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            // As part of a batch, and then alone.
            try await cluster.failNext(.produce, with: .messageTooLarge, count: 2)
            let outcome = try await KprodProcess.run(
                ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "-K:"],
                input: "k:v\n"
            )
            #expect(outcome.status == 1)
            #expect(
                outcome.messages.first?.hasPrefix("kprod: 1 × MESSAGE_TOO_LARGE (at stdin:1, in t[0], key \"k\"): ")
                    == true
            )
            #expect(try outcome.number("failed") == 1)
            #expect(try await written(cluster, "t") == [])
        }
    }

    @Test func anUnknownTopicIsUnavailable() async throws {
        try await withMockCluster(brokers: 1) { cluster in
            try await cluster.failTopic("t", with: .unknownTopicOrPartition)
            let outcome = try await KprodProcess.run(
                ["-P", "-b", cluster.bootstrapServers[0], "-t", "t", "-Xtopic.metadata.propagation.max.ms=100"],
                input: "a\n"
            )
            #expect(outcome.status == 69)
            #expect(outcome.messages.contains { $0.contains("; create the topic, or check -t") })
            #expect(try outcome.number("failed") == 1)
        }
    }

    /// Idempotence needs a producer id; without the right to one the client fails for good.
    @Test func aFatalErrorEndsTheRun() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.failNext(.initProducerId, with: .clusterAuthorizationFailed)
            let kprod = try KprodProcess(["produce", "-b", cluster.bootstrapServers[0], "-t", "t"], input: nil)
            kprod.write("a\nb\n")
            let outcome = await kprod.finish()
            #expect(outcome.status == 70 || outcome.status == 77)
            #expect(
                outcome.messages.contains { $0.hasPrefix("kprod: the client failed for good: ") },
                "\(outcome.messages)"
            )
            #expect(try outcome.number("delivered") == 0)
        }
    }

    @Test func anUnreachableBrokerIsGivenUp() async throws {
        let outcome = try await KprodProcess.run(
            ["produce", "-b", "127.0.0.1:1", "-t", "t", "--wait-broker", "1s"],
            input: "a\nb\n"
        )
        #expect(outcome.status == 69)
        #expect(
            outcome.messages.contains {
                $0.hasPrefix("kprod: nothing could be delivered to 127.0.0.1:1 within 1 s (--wait-broker): ")
                    && $0.contains("Connection refused")
            }
        )
        #expect(outcome.account.hasSuffix("failed 0; undelivered 2; skipped 0"))
        #expect(outcome.account.hasPrefix("delivered 0 (0 B) in 1."))
    }

    @Test func anOutageAfterTheFirstDeliveryIsWaitedOut() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(
                ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--wait-broker", "5s"],
                input: nil
            )
            kprod.write("first\n")
            try await eventually { try await written(cluster, "t") == ["∅,first"] }
            try await cluster.brokerDown()
            kprod.write("second\n")
            kprod.closeInput()
            _ = await kprod.messages.wait(for: "kprod: client: ")
            try await cluster.brokerUp()
            let outcome = await kprod.finish()
            #expect(outcome.status == 0)
            #expect(try await written(cluster, "t") == ["∅,first", "∅,second"])
        }
    }

    @Test func aDrainTimeoutBindsTheEndOfTheInput() async throws {
        let outcome = try await KprodProcess.run(
            ["produce", "-b", "127.0.0.1:1", "-t", "t", "--drain-timeout", "100ms"],
            input: "a\n"
        )
        #expect(outcome.status == 75)
        #expect(outcome.messages.contains("kprod: the time to drain is over: dropping 1 record"))
        #expect(try outcome.number("undelivered") == 1)
    }

    @Test func whatCannotBegin() async throws {
        let broker = ["produce", "-b", "127.0.0.1:1", "-t", "t"]
        let files = try TemporaryFiles(["a.txt": "1\n"])
        let cases: [([String], Int32, String)] = [
            (broker + ["--bad"], 64, "kprod: unknown option --bad; see --help"),
            (["produce", "-b", "127.0.0.1:1", "-t", "a/b"], 64, "kprod: option -t/--topic: "),
            (broker + [files.path("a.txt"), files.path("no")], 66, "kprod: \(files.path("no")): no such file"),
            (broker + [files.folder.path], 66, "kprod: \(files.folder.path): is a directory"),
            (broker + ["-X", "linger.msx=1"], 78, "kprod: option -X: librdkafka has no property \"linger.msx\""),
            (broker + ["-X", "linger.ms=x"], 78, "kprod: option -X: \"linger.ms\" cannot be \"x\""),
        ]
        for (arguments, status, message) in cases {
            let outcome = try await KprodProcess.run(arguments)
            #expect(outcome.status == status, "\(arguments)")
            #expect(outcome.messages.contains { $0.hasPrefix(message) }, "\(outcome.messages)")
            #expect(outcome.output == "")
        }
    }
}

/// Files that go away with the test.
final class TemporaryFiles {
    let folder: URL

    init(_ contents: [String: String]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("kprod-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in contents { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
