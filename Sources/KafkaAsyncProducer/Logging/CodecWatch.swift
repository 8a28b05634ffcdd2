// SPDX-License-Identifier: Apache-2.0

/// Notices that librdkafka sends batches uncompressed although a codec is set: it does so without a word. Pure.
///
/// Before 2.11.1 it drops gzip, snappy and lz4 where a broker does not know version 0 of Produce requests any more, and
/// every version drops zstd where a broker does not know version 7. Which versions a broker knows, it says only in the
/// debug lines of a connection.
struct CodecWatch {
    typealias Codec = AsyncProducer.Configuration.Batching.Compression

    /// The codec that at least one broker gets no batches in; nil when that is not known of any.
    private(set) var droppedCodec: Codec?

    private let codec: Codec
    private let version: Int32
    private let versionText: String
    /// Whether the user has asked for debug lines.
    let showsDebugLines: Bool

    /// - Parameter version: Librdkafka's, as its header has it: 2.11.1 is `0x020b01ff`.
    init(_ configuration: AsyncProducer.Configuration, version: Int32, versionText: String) {
        let codec = configuration.librdkafkaProperty("compression.codec")?.value.lowercased()
        self.codec = codec.flatMap { Codec(rawValue: $0) } ?? .none
        self.version = version
        self.versionText = versionText
        showsDebugLines = configuration.librdkafkaProperty("debug")?.value.isEmpty == false
    }

    /// The value of `debug` that makes librdkafka say what this has to know; nil when nothing can be dropped, or debug
    /// lines are the user's affair.
    var neededDebugContexts: String? {
        guard !showsDebugLines, codec == .zstd || isDroppedFromVersion1 else { return nil }
        return "feature"
    }

    private var isDroppedFromVersion1: Bool { [.gzip, .snappy, .lz4].contains(codec) && version < 0x020b_01ff }

    /// Reads a line of librdkafka's log; the first that means a dropped codec gives a warning in words.
    mutating func note(facility: String, line: String) -> String? {
        guard droppedCodec == nil, facility == "APIVERSION", codec != .none,
            let versions = Self.produceVersions(line), let broker = Self.broker(line)
        else { return nil }
        if isDroppedFromVersion1, versions.lowerBound > 0 {
            droppedCodec = codec
            return "\(broker) gets batches uncompressed: librdkafka \(versionText) drops \(codec) for brokers without "
                + "version 0 of Produce; use zstd, or librdkafka 2.11.1 or newer"
        }
        if codec == .zstd, versions.upperBound < 7 {
            droppedCodec = codec
            return "\(broker) gets batches uncompressed: it is older than zstd (Kafka 2.1); use lz4"
        }
        return nil
    }

    /// The end of `…: ApiKey Produce (0) Versions 3..7`.
    private static func produceVersions(_ line: String) -> ClosedRange<Int>? {
        guard let start = line.ranges(of: "ApiKey Produce (0) Versions ").last else { return nil }
        let numbers = line[start.upperBound...].split(separator: "..").map { Int($0) }
        guard numbers.count == 2, let first = numbers[0], let last = numbers[1], first <= last else { return nil }
        return first...last
    }

    /// `b1:9092` of `[thrd:b1:9092/bootstrap]: b1:9092/bootstrap:   ApiKey …`.
    private static func broker(_ line: String) -> Substring? {
        let text = line[(line.firstRange(of: "]: ")?.upperBound ?? line.startIndex)...]
        return text.firstRange(of: "/").map { text[..<$0.lowerBound] }
    }
}
