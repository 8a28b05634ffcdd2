// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

/// The same arguments and the same bytes, once to the real `kcat` and once to ours: the logs must not differ.
@Suite(.timeLimit(.minutes(4))) struct DifferentialTests {
    /// Options, and the bytes that input for them is made of.
    private static let cases: [([String], [String])] = [
        ([], ["a", "bc", "\n", "\n\n", "\r\n"]),
        (["-Z"], ["a", "\n", "\0", " "]),
        (["-K:"], ["k", ":", "::", "v", "\n"]),
        (["-K:", "-Z"], ["k", ":", "v", "\n", ":\n"]),
        (["-K:", "-Z", "-kF"], ["k", ":", "v", "\n", ":\n"]),
        (["-K", "ab", "-k", "F", "-H", "n=v", "-H", "n"], ["a", "b", "ab", "\n"]),
        (["-D", "::"], [":", "a", "::", "\n", "xyz"]),
        (["-D", "aab", "-K", "ba"], ["a", "b", "aab"]),
        (["-D\\x00e9", "-K\\t"], ["é", "\t", "x", "\u{E9}"]),
        (["-c", "3", "-K,"], ["a", ",", "\n"]),
        (["-p", "1"], ["a", "\n"]),
        (["-K:", "-p-1"], ["k1:", "k2:", "k3:", "some", "\n", "long key:"]),
    ]

    @Test(.needsKcat, .namesCases) func agreesWithKcat() async {
        await atOnce(Self.cases, width: 3) { options, parts in
            try await withMockCluster(brokers: 1) { cluster in
                for round in 0..<4 {
                    var input = Data()
                    for _ in 0..<Int.random(in: 0...(round * 60)) { input += Data((parts.randomElement() ?? "").utf8) }
                    // Bytes that are no UTF-8 must come through as they are.
                    if round == 3 { input += Data([0xff, 0xfe, 0x80, 0xc3]) }
                    let files = try TemporaryFiles([:])
                    let path = files.path("input")
                    try input.write(to: URL(fileURLWithPath: path))
                    let (theirs, ours) = ("kcat-\(round)", "kprod-\(round)")
                    for topic in [theirs, ours] { try await cluster.createTopic(topic, partitions: 4) }
                    let common = ["-P", "-b", cluster.bootstrapServers[0], "-l", path] + options
                    let real = try KprodProcess(common + ["-t", theirs], path: RealKcat.path)
                    #expect(await real.finish().status == 0)
                    let outcome = try await KprodProcess.run(common + ["-t", ours])
                    #expect(outcome.status == 0, "\(outcome)")
                    let expected = try await keyed(cluster, theirs)
                    #expect(try await keyed(cluster, ours) == expected, "\(options) \(input.base64EncodedString())")
                }
            }
        }
    }

    /// Without a key librdkafka chooses partitions at random: only what has one must lie where kcat puts it, in order.
    private func keyed(_ cluster: MockCluster, _ topic: String) async throws -> Contents {
        let records = try await cluster.records(in: topic)
        var contents = Contents()
        for record in records {
            if record.key?.isEmpty ?? true {
                contents.others[PlainRecord(record, partition: 0), default: 0] += 1
            } else {
                contents.placed.append(PlainRecord(record))
            }
        }
        return contents
    }

    private struct Contents: Equatable {
        var placed: [PlainRecord] = []
        var others: [PlainRecord: Int] = [:]
    }
}
