// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Synchronization
import Testing

@testable import KafkaAsyncProducer
@testable import RDKafka

@Suite struct CodecWatchTests {
    private typealias Codec = AsyncProducer.Configuration.Batching.Compression

    private func watch(_ codec: Codec, version: Int32, debug: String? = nil) -> CodecWatch {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["b:1"])
        configuration.batching.compression = codec
        configuration.librdkafka["debug"] = debug
        return CodecWatch(configuration, version: version, versionText: "x.y")
    }

    private func line(_ versions: String) -> String {
        "[thrd:b1:9092/bootstrap]: b1:9092/bootstrap:   ApiKey Produce (0) Versions \(versions)"
    }

    private let old: Int32 = 0x0200_02ff
    private let new: Int32 = 0x020b_01ff

    @Test func whatLibrdkafkaDropsIsSaidOnce() {
        for codec in [Codec.gzip, .snappy, .lz4] {
            var watch = watch(codec, version: old)
            let fine = watch.note(facility: "APIVERSION", line: line("0..7"))
            #expect(fine.isEmpty && watch.droppedCodec == nil)
            let texts = watch.note(facility: "APIVERSION", line: line("3..11"))
            #expect(texts.count == 1 && texts[0].hasPrefix("b1:9092 gets batches uncompressed: "))
            #expect(texts.first?.contains("\(codec)") == true && watch.droppedCodec == codec)
            let again = watch.note(facility: "APIVERSION", line: line("3..11"))
            #expect(again.isEmpty)
            var mended = self.watch(codec, version: new)
            let nothing = mended.note(facility: "APIVERSION", line: line("3..11"))
            #expect(nothing.isEmpty && mended.droppedCodec == nil)
        }
        var zstd = watch(.zstd, version: new)
        #expect(zstd.note(facility: "APIVERSION", line: line("3..11")).isEmpty)
        #expect(zstd.note(facility: "APIVERSION", line: line("0..6")).first?.contains("lz4") == true)
    }

    /// A topic may get one before brokers are known or after.
    @Test func aCodecOfATopicIsWatchedAsWell() {
        var watch = watch(.none, version: old)
        #expect(watch.use(.snappy).isEmpty && watch.use(.none).isEmpty)
        #expect(watch.note(facility: "APIVERSION", line: line("3..11")).first?.contains("snappy") == true)
        #expect(watch.use(.gzip).first?.contains("gzip") == true)
        #expect(watch.use(.snappy).isEmpty && watch.use(.gzip).isEmpty && watch.use(.zstd).isEmpty)
        #expect(watch.droppedCodec == .snappy)
        #expect(watch.note(facility: "APIVERSION", line: line("3..6")).first?.contains("zstd") == true)
    }

    @Test(arguments: ["3..", "..7", "x..y", "7..3", "", "-1..9999999999999999999999"])
    func otherLinesAreLeftAlone(versions: String) {
        var watch = watch(.gzip, version: old)
        #expect(watch.note(facility: "APIVERSION", line: line(versions)).isEmpty)
        #expect(watch.note(facility: "FAIL", line: line("3..7")).isEmpty)
    }

    /// What is asked for on top of the user's contexts is heard, and not shown.
    @Test func theUserSeesTheDebugLinesThatWereAskedFor() {
        let silent = watch(.gzip, version: old)
        #expect(silent.debugContexts == "feature" && !silent.showsDebugLines(of: "FEATURE"))
        let some = watch(.gzip, version: old, debug: "msg, broker")
        #expect(Set(some.debugContexts.split(separator: ",")) == ["msg", "broker", "feature"])
        #expect(some.showsDebugLines(of: "PRODUCE") && !some.showsDebugLines(of: "APIVERSION"))
        for all in ["all", "msg,feature"] {
            #expect(watch(.gzip, version: old, debug: all).showsDebugLines(of: "APIVERSION"))
        }
    }

    /// The batch goes out as it is, and so the broker stores it as it is.
    @Test(arguments: [true, false]) func aDroppedCodecIsInTheLog(isOfTopic: Bool) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.limitVersions(of: .produce, to: 3...7)
            let lines = Mutex<[LogEntry]>([])
            let producer = try await makeProducer(cluster) { configuration in
                if !isOfTopic { configuration.batching.compression = .gzip }
                configuration.logHandler = { entry in lines.withLock { $0.append(entry) } }
            }
            if isOfTopic { _ = try producer.topic("t", settings: .init(compression: .gzip)) }
            for _ in 0..<3 { _ = try await producer.deliver(ProducerMessage(topic: "t", value: "v")) }
            try await producer.close()
            let isDropped = LibraryVersion.running < 0x020b_01ff
            #expect(producer.statistics.droppedCodec == (isDropped ? .gzip : nil))
            // The handler has a queue of its own.
            func warnings() -> Int {
                lines.withLock { $0.count { $0.facility == "COMPRESSION" && $0.level == .warning } }
            }
            try await eventually("it is said") { warnings() == (isDropped ? 1 : 0) }
            #expect(!lines.withLock { $0.contains { $0.level == .debug } })
        }
    }
}
