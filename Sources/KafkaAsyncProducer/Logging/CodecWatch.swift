// SPDX-License-Identifier: Apache-2.0

/// Notices that librdkafka sends batches uncompressed although a codec is set: it does so without a word. Pure.
///
/// Before 2.11.1 it drops gzip, snappy and lz4 where a broker does not know version 0 of Produce requests any more, and
/// every version drops zstd where a broker does not know version 7. Which versions a broker knows, it says only in the
/// debug lines of a connection; and a topic may get a codec of its own long after that.
struct CodecWatch {
    typealias Codec = AsyncProducer.Configuration.Batching.Compression

    /// The first codec found that at least one broker gets no batches in; nil when that is not known of any.
    private(set) var droppedCodec: Codec?

    /// Those in use, and those that were told of.
    private var codecs: Set<Codec> = []
    private var told: Set<Codec> = []
    /// A broker that does not know version 0 of Produce, and one that does not know version 7.
    private var withoutFirst: String?
    private var withoutZstd: String?
    private let version: Int32
    private let versionText: String
    /// What the user wants to see of librdkafka's debug lines.
    private let contexts: Set<Substring>

    /// - Parameter version: Librdkafka's, as its header has it: 2.11.1 is `0x020b01ff`.
    init(_ configuration: AsyncProducer.Configuration, version: Int32, versionText: String) {
        self.version = version
        self.versionText = versionText
        let debug = configuration.librdkafkaProperty("debug")?.value ?? ""
        contexts = Set(debug.split { $0 == "," || $0.isWhitespace })
        let codec = configuration.librdkafkaProperty("compression.codec")?.value.lowercased()
        if let codec = codec.flatMap({ Codec(rawValue: $0) }), codec != .none { codecs = [codec] }
    }

    /// The value of `debug` that makes librdkafka say what this has to know.
    var debugContexts: String { (contexts.sorted() + ["feature"]).joined(separator: ",") }

    /// Whether the user has asked for a debug line of this kind.
    func showsDebugLines(of facility: String) -> Bool {
        if contexts.isEmpty { return false }
        return !["APIVERSION", "FEATURE"].contains(facility) || !contexts.isDisjoint(with: ["feature", "all"])
    }

    /// Reads a line of librdkafka's log; returns warnings in words of the codecs that it means are dropped.
    mutating func note(facility: String, line: String) -> [String] {
        guard facility == "APIVERSION", let versions = Self.produceVersions(line), let broker = Self.broker(line)
        else { return [] }
        if withoutFirst == nil, versions.lowerBound > 0 { withoutFirst = broker }
        if withoutZstd == nil, versions.upperBound < 7 { withoutZstd = broker }
        return warnings()
    }

    /// A topic has a codec of its own.
    mutating func use(_ codec: Codec) -> [String] {
        if codec != .none { codecs.insert(codec) }
        return warnings()
    }

    /// Each codec once.
    private mutating func warnings() -> [String] {
        codecs.subtracting(told).sorted { $0.rawValue < $1.rawValue }.compactMap { codec in
            guard let warning = warning(codec) else { return nil }
            told.insert(codec)
            if droppedCodec == nil { droppedCodec = codec }
            return warning
        }
    }

    private func warning(_ codec: Codec) -> String? {
        if codec == .zstd {
            return withoutZstd.map { broker in
                "\(broker) gets batches uncompressed: it is older than zstd (Kafka 2.1); use lz4"
            }
        }
        guard version < 0x020b_01ff, let withoutFirst else { return nil }
        return "\(withoutFirst) gets batches uncompressed: librdkafka \(versionText) drops \(codec) for brokers "
            + "without version 0 of Produce; use zstd, or librdkafka 2.11.1 or newer"
    }

    /// The end of `…: ApiKey Produce (0) Versions 3..7`.
    private static func produceVersions(_ line: String) -> ClosedRange<Int>? {
        guard let start = line.ranges(of: "ApiKey Produce (0) Versions ").last else { return nil }
        let numbers = line[start.upperBound...].split(separator: "..").map { Int($0) }
        guard numbers.count == 2, let first = numbers[0], let last = numbers[1], first <= last else { return nil }
        return first...last
    }

    /// `b1:9092` of `[thrd:b1:9092/bootstrap]: b1:9092/bootstrap:   ApiKey …`.
    private static func broker(_ line: String) -> String? {
        let text = line[(line.firstRange(of: "]: ")?.upperBound ?? line.startIndex)...]
        return text.firstRange(of: "/").map { String(text[..<$0.lowerBound]) }
    }
}
