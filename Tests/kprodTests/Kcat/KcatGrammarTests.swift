// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// The golden cases of `kcat -P`, from its source and its own test 0002.
@Suite(.timeLimit(.minutes(2))) struct KcatGrammarTests {
    private static let keyed = "k:v\nx\n:y\nz:\na:b:c\n"

    @Test(
        arguments: [
            ([], "a\n\nb", ["∅,a", "∅,b"]),
            (["-Z"], "a\n\nb", ["∅,a", "∅,b"]),
            (["-K:"], keyed, ["k,v", "∅,x", ",y", "z,", "a,b:c"]),
            (["-K:", "-Z"], keyed, ["k,v", "∅,x", "∅,y", "z,∅", "a,b:c"]),
            (["-ZK:"], keyed, ["k,v", "∅,x", "∅,y", "z,∅", "a,b:c"]),
            (["-K:", "-k", "F"], "x\nk:v\n:y\n", ["F,x", "k,v", ",y"]),
            (["-K:", "-kF", "-Z"], "x\nk:v\n:y\n", ["F,x", "k,v", "F,y"]),
            (["-D", ","], "a,b\n", ["∅,a", "∅,b\n"]),
            (["-D", "\\x41\\n"], "xA\nyA\n", ["∅,x", "∅,y"]),
            (
                ["-K", ";KeyDel;", "-D", ":MyDilemma:", "-Z"],
                "Key1;KeyDel;Value1:MyDilemma::MyDilemma:;KeyDel;Value2:MyDilemma:Key3;KeyDel;:MyDilemma:Value4",
                ["Key1,Value1", "∅,Value2", "Key3,∅", "∅,Value4"]
            ),
            ([], "a\r\n", ["∅,a\r"]),
            (["-c", "1"], "a\nb", ["∅,a"]),
            (["-D\\r\\0"], "a\r\0b", ["∅,a", "∅,b"]),
            (["-p-1", "-qE", "-z", "lz4"], "a", ["∅,a"]),
        ] as [([String], String, [String])]
    )
    func lines(options: [String], input: String, records: [String]) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await KprodProcess.run(
                ["-Pb", cluster.bootstrapServers[0], "-t", "t"] + options,
                input: input
            )
            #expect(outcome.status == 0 && outcome.output == "", "\(outcome)")
            #expect(try await written(cluster, "t") == records)
        }
    }

    @Test func headersAreOnEveryRecord() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let headers = ["-H", "x=1", "-H", "y", "-Hz=", "-H", "a=b=c", "-H", "x=2"]
            let arguments = ["-b", cluster.bootstrapServers[0], "-t", "t"] + headers
            let outcome = try await KprodProcess.run(arguments, input: "v\nw")
            #expect(outcome.status == 0)
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.valueText) == ["v", "w"])
            let expected = [
                RecordHeader("x", "1"), RecordHeader("y", nil as KafkaBytes?), RecordHeader("z", ""),
                RecordHeader("a", "b=c"), RecordHeader("x", "2"),
            ]
            for record in records { #expect(record.headers == expected) }
        }
    }

    @Test func filesAreRecordsOrLines() async throws {
        let files = try TemporaryFiles(["f1": "a:1\nb:2\n", "f2": "c\n", "empty": ""])
        try await withMockCluster(brokers: 1, topics: ["t": 1, "l": 1]) { cluster in
            let broker = ["-P", "-b", cluster.bootstrapServers[0]]
            let whole = broker + ["-t", "t", files.path("f1"), "-k", "F", files.path("empty"), files.path("f2"), "-K:"]
            let first = try await KprodProcess.run(whole)
            #expect(first.status == 0)
            #expect(try await written(cluster, "t") == ["F,a:1\nb:2\n", "F,c\n"])
            let lines = broker + ["-t", "l", "-lK:", "--", files.path("f1"), "-", files.path("f2")]
            let second = try await KprodProcess.run(lines, input: "stdin\n")
            #expect(second.status == 0)
            #expect(try await written(cluster, "l") == ["a,1", "b,2", "∅,stdin", "∅,c"])
        }
    }

    @Test func aTeeCopiesRecordsWithoutDelimiters() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["-PTZb", cluster.bootstrapServers[0], "-tt", "-K:"]
            let outcome = try await KprodProcess.run(arguments, input: "k:v\n\nb:\n")
            #expect(outcome.status == 0)
            #expect(outcome.output == "k:vb:")
        }
    }

    /// The real kcat writes the same to standard output.
    @Test(
        .needsKcat,
        arguments: [["-T"], ["-T", "-l"], ["-T", "-l", "-K:"], ["-T", "-l", "-D;"], ["-v", "-l"], ["-v"]]
    )
    func filesAreCopiedAsKcatCopiesThem(options: [String]) async throws {
        let files = try TemporaryFiles(["f1": "k1:a\nk2:b\n\nlast", "f2": "x;y\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments =
                ["-P", "-q", "-b", cluster.bootstrapServers[0], "-t", "t"] + options + [files.path("f1")]
                + (options.contains("-l") ? [] : [files.path("f2")])
            let theirs = try await KprodProcess(arguments, path: RealKcat.path).finish()
            let count = try await cluster.records(in: "t").count
            let ours = try await KprodProcess.run(arguments)
            #expect(theirs.status == 0 && ours.status == 0, "\(ours)")
            #expect(ours.output == theirs.output)
            #expect(try await cluster.records(in: "t").count == 2 * count)
        }
    }

    @Test func aTeeThatNobodyReadsEndsTheRun() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["-PTb", cluster.bootstrapServers[0], "-tt"]
            let kprod = try KprodProcess(arguments, input: nil, readsOutput: false)
            kprod.write("a\n")
            let outcome = await kprod.finish()
            #expect(outcome.status == 74, "\(outcome)")
            #expect(outcome.messages.contains { $0.hasPrefix("% ERROR: stdout: cannot be written: Broken pipe") })
            #expect(outcome.account.hasPrefix("% delivered 1 "))
            #expect(try await written(cluster, "t") == ["∅,a"])
        }
    }

    @Test func verboseShowsEachRecord() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await KprodProcess.run(
                ["-b", cluster.bootstrapServers[0], "-t", "t", "-vv"],
                input: "a\nb\n"
            )
            let prefix = "% Message delivered to partition 0 (offset "
            #expect(
                outcome.messages.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) } == [
                    "0) on broker 1", "1) on broker 1",
                ]
            )
            #expect(outcome.messages.allSatisfy { $0.hasPrefix("% ") })
        }
    }

    /// Chosen by the name it is called as; the environment names a file, which the command line beats.
    @Test func theNameAndTheEnvironment() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let conf = "# comment\n\nmetadata.broker.list = \(cluster.bootstrapServers[0])\ntopic.acks=1\nlinger.ms=0\n"
            let files = try TemporaryFiles(["kcat.conf": conf, "bad.conf": "acks=all\nsecret\n"])
            let kcat = files.path("kafkacat")
            try FileManager.default.createSymbolicLink(
                at: URL(fileURLWithPath: kcat),
                withDestinationURL: try #require(KprodProcess.executable)
            )
            func run(_ arguments: [String], _ name: String) async throws -> KprodProcess.Outcome {
                let environment = ["KCAT_CONFIG": files.path(name)]
                let input = Data("v\n".utf8)
                return try await KprodProcess(arguments, input: input, environment: environment, path: kcat).finish()
            }
            #expect(try await run(["-t", "t", "-p0"], "kcat.conf").status == 0)
            #expect(try await run(["-t", "t", "-F", files.path("kcat.conf")], "bad.conf").status == 0)
            #expect(try await written(cluster, "t") == ["∅,v", "∅,v"])
            let bad = try await run(["-t", "t"], "bad.conf")
            #expect(bad.status == 78)
            let message = "% ERROR: \(files.path("bad.conf")):2: is not a property"
            #expect(bad.messages.first?.hasPrefix(message) == true)
            #expect(try await run(["-t", "t", "-F", "none"], "kcat.conf").status == 64)
        }
    }
}
