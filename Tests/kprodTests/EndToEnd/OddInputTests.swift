// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

/// Input that tools trip over: what arrives is the bytes between the newlines, whatever they are.
@Suite(.timeLimit(.minutes(2))) struct OddInputTests {
    private func check(_ input: Data, _ options: [String] = []) async throws {
        let files = try TemporaryFiles([:])
        let path = files.path("in")
        try input.write(to: URL(fileURLWithPath: path))
        let lines = input.split(separator: 10).map { Array($0) }
        try await withMockCluster(brokers: 1, topics: ["pipe": 1, "file": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0]] + options
            let pipe = try await KprodProcess.run(arguments + ["-t", "pipe"], data: input)
            let file = try await KprodProcess.run(arguments + ["-t", "file", path], data: Data())
            for (topic, outcome) in [("pipe", pipe), ("file", file)] {
                #expect(outcome.status == 0, "\(outcome)")
                let records = try await cluster.records(in: topic)
                #expect(records.count == lines.count)
                // Megabytes in a message would help nobody.
                let isEqual = records.map(\.value) == lines
                #expect(isEqual, "\(topic)")
            }
        }
    }

    @Test(
        arguments: [
            [0, 10, 0, 0, 10, 0], [97, 13, 10, 13, 10], [0xef, 0xbb, 0xbf, 97, 10], [0xff, 0xfe, 0x80, 10, 0xc3, 10],
            [97], [10, 10, 97, 10, 10], [0xe2, 0x80, 0xa8, 10, 0x0c, 10, 0x85],
        ] as [[UInt8]]
    )
    func oddBytes(input: [UInt8]) async throws { try await check(Data(input)) }

    @Test func randomBytes() async throws {
        var input = Data((0..<2_000_000).map { _ in UInt8.random(in: 0...255) })
        input.append(UInt8(ascii: "x"))
        try await check(input)
    }

    @Test func manyShortLines() async throws {
        try await check(Data((0..<100_000).map { "short line \($0)\n" }.joined().utf8))
    }

    /// As long as librdkafka and a broker can be told to take.
    @Test func longLines() async throws {
        let long = Data(repeating: UInt8(ascii: "l"), count: 3_000_000)
        let input = Data("before\n".utf8) + long + Data("\nafter\n".utf8)
        try await check(input, ["--max-record-bytes", "4MB"])
    }

    @Test func aLineOverTheLimitIsNamed() async throws {
        let input = Data("before\n".utf8) + Data(repeating: 0, count: 10_000_000) + Data("\nafter".utf8)
        let files = try TemporaryFiles([:])
        try input.write(to: URL(fileURLWithPath: files.path("in")))
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await KprodProcess.run(
                ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", files.path("in")]
            )
            #expect(outcome.status == 1)
            let place = "(at \(files.path("in")):2): a line of 10,000,000 bytes is over the limit of 1,000,000"
            #expect(outcome.messages.first?.contains(place) == true)
            #expect(try await written(cluster, "t") == ["∅,before", "∅,after"])
        }
    }
}
