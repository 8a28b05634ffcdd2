// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

/// What shells and service managers start the command with.
@Suite(.timeLimit(.minutes(2))) struct ProcessStartTests {
    @Test func bytesOfTheCommandLineAreBytes() async throws {
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = "kprod produce -b \(cluster.bootstrapServers[0]) -t t"
            let outcome = try await KprodProcess.shell(
                """
                cd '\(files.path(""))' && printf 'a\\xfeb\\nc\\n' > $'\\xfd' || exit
                \(kprod) -k $'\\xff\\xc3' -K $'\\xfe' -H $'h=\\xfc' $'\\xfd' &&
                \(kprod) --key-file $'\\xfd' --null-marker $'\\xfb' --value $'\\xfb' --value $'\u{10ff41}' &&
                \(kprod) --format file --key-from-filename $'\\xfd'
                """
            )
            #expect(outcome.status == 0, "\(outcome)")
            let records = try await cluster.records(in: "t")
            let file: [UInt8] = [97, 0xfe, 98, 10, 99, 10]
            #expect(records.map(\.key) == [[97], [0xff, 0xc3], file, file, [0xfd]])
            #expect(records.map(\.value) == [[98], [99], nil, Array("\u{10ff41}".utf8), file])
            #expect(records.first?.headers.first?.value?.array == [0xfc])
        }
    }

    @Test func bytesOfOutputNamesAreBytes() async throws {
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await KprodProcess.shell(
                """
                cd '\(files.path(""))' && printf 'a\\n' > $'in\\xfd' || exit
                kprod produce -b \(cluster.bootstrapServers[0]) -t t -p 9 --report $'r\\xff' --dead-letter $'d\\xff' \
                    --stats-file $'s\\xff' $'in\\xfd'
                cat $'r\\xff' $'d\\xff' && test -s $'s\\xff'
                """
            )
            #expect(outcome.status == 0, "\(outcome)")
            let source = Data([105, 110, 0xfd]).base64EncodedString()
            #expect(
                outcome.output.split(separator: "\n").count { $0.contains("\"src_base64\":\"\(source)\"") } == 2,
                "\(outcome)"
            )
            #expect(
                outcome.messages.contains { $0.contains("kprod replay") && $0.hasSuffix(" $'d\\xff'") },
                "\(outcome)"
            )
        }
    }

    @Test func bytesAreShownAndTextIsAskedFor() async throws {
        let missing = try await KprodProcess.shell("kprod produce -b x:1 -t t $'no\\xff'")
        #expect(missing.messages.first == "kprod: no\\xff: no such file; nothing was sent")
        let topic = try await KprodProcess.shell("kprod produce -b x:1 -t $'\\xff' < /dev/null")
        #expect(topic.messages == ["kprod: option -t/--topic: \"\\xff\" is not UTF-8"])
    }

    /// Otherwise the next file that is opened is standard error, say, and messages are in it.
    @Test(arguments: ["2>&-", ">&- 2>&-", "<&- >&- 2>&-", ">&-"])
    func aClosedDescriptorIsNoOtherFile(closing: String) async throws {
        let files = try TemporaryFiles(["in": "1\n2\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await KprodProcess.shell(
                "kprod produce -b \(cluster.bootstrapServers[0]) -t t --report \(files.path("out")) "
                    + "--dead-letter \(files.path("dead")) \(files.path("in")) \(closing)"
            )
            #expect(outcome.status == 0, "\(outcome)")
            let lines = try files.text("out").split(separator: "\n")
            #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("{\"") }, "\(lines)")
            #expect(try files.text("dead").isEmpty)
        }
    }

    @Test func whatNeedsAClosedDescriptorFails() async throws {
        let input = try await KprodProcess.shell("kprod produce --dry-run -t t <&-")
        #expect(input.status == 66, "\(input)")
        #expect(input.messages.first?.hasPrefix("kprod: stdin: cannot be read: ") == true)
        #expect(try await KprodProcess.shell("kprod version >&-").status == 74)
    }

    @Test func pipesThatDoNotWaitWork() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--report", "-"]
            let kprod = try KprodProcess(arguments, input: nil, isNonBlocking: true)
            let line = String(repeating: "v", count: 100) + "\n"
            kprod.write(line)
            _ = await kprod.output.wait(for: "\n")
            kprod.write(String(repeating: line, count: 20_000))
            kprod.closeInput()
            let outcome = await kprod.finish()
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(outcome.output.utf8.count { $0 == 10 } == 20_001)
        }
    }
}
