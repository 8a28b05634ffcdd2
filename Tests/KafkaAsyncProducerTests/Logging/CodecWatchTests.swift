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
            #expect(watch.neededDebugContexts == "feature")
            #expect(watch.note(facility: "APIVERSION", line: line("0..7")) == nil && watch.droppedCodec == nil)
            let text = watch.note(facility: "APIVERSION", line: line("3..11"))
            #expect(text?.hasPrefix("b1:9092 gets batches uncompressed: ") == true)
            #expect(text?.contains("\(codec)") == true && watch.droppedCodec == codec)
            #expect(watch.note(facility: "APIVERSION", line: line("3..11")) == nil)
            var mended = self.watch(codec, version: new)
            #expect(mended.neededDebugContexts == nil)
            #expect(mended.note(facility: "APIVERSION", line: line("3..11")) == nil && mended.droppedCodec == nil)
        }
        var zstd = watch(.zstd, version: new)
        #expect(zstd.note(facility: "APIVERSION", line: line("3..11")) == nil)
        #expect(zstd.note(facility: "APIVERSION", line: line("0..6"))?.contains("lz4") == true)
    }

    @Test(arguments: ["3..", "..7", "x..y", "7..3", "", "-1..9999999999999999999999"])
    func otherLinesAreLeftAlone(versions: String) {
        var watch = watch(.gzip, version: old)
        #expect(watch.note(facility: "APIVERSION", line: line(versions)) == nil)
        #expect(watch.note(facility: "FAIL", line: line("3..7")) == nil)
    }

    @Test func debugLinesAreTheUsersAffairWhenAskedFor() {
        #expect(watch(.none, version: old).neededDebugContexts == nil)
        #expect(watch(.gzip, version: old, debug: "msg").neededDebugContexts == nil)
    }

    /// The batch goes out as it is, and so the broker stores it as it is.
    @Test func aDroppedCodecIsInTheLog() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.limitVersions(of: .produce, to: 3...7)
            let lines = Mutex<[LogEntry]>([])
            let producer = try await makeProducer(cluster) { configuration in
                configuration.batching.compression = .gzip
                configuration.logHandler = { entry in lines.withLock { $0.append(entry) } }
            }
            for _ in 0..<3 { _ = try await producer.deliver(ProducerMessage(topic: "t", value: "v")) }
            try await producer.close()
            let isDropped = LibraryVersion.running < 0x020b_01ff
            #expect(producer.core.log.droppedCodec == (isDropped ? .gzip : nil))
            let said = lines.withLock { $0 }
            #expect(said.count { $0.facility == "COMPRESSION" && $0.level == .warning } == (isDropped ? 1 : 0))
            #expect(!said.contains { $0.level == .debug })
        }
    }
}
