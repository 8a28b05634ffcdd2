// SPDX-License-Identifier: Apache-2.0

/// A request of Kafka's protocol, as far as an answer needs it.
struct WireRequest {
    let key: Int16
    let version: Int16
    let correlation: Int32

    static let produce: Int16 = 0
    static let metadata: Int16 = 3
    static let saslHandshake: Int16 = 17
    static let apiVersions: Int16 = 18
    static let initProducerID: Int16 = 22
    static let saslAuthenticate: Int16 = 36
}

extension Connection {
    /// The next request; nil when the client is gone.
    func request() -> WireRequest? {
        guard let head = read(4) else { return nil }
        let size = head.reduce(0) { $0 << 8 | Int($1) }
        guard size >= 8, size < 1 << 24, let body = read(size) else { return nil }
        let numbers = body.prefix(8).map { Int32($0) }
        return WireRequest(
            key: Int16(truncatingIfNeeded: numbers[0] << 8 | numbers[1]),
            version: Int16(truncatingIfNeeded: numbers[2] << 8 | numbers[3]),
            correlation: numbers[4..<8].reduce(0) { $0 << 8 | $1 }
        )
    }

    /// Answers as a broker would, each answer changed by `change`; false from `change` hangs up.
    func serve(port: Int, change: (WireRequest, inout Wire) -> Bool = { _, _ in true }) {
        while let request = request() {
            var answer = Wire(answering: request, port: port)
            let goesOn = change(request, &answer)
            guard write(answer.frame), goesOn else { return }
        }
    }
}

/// The bytes of an answer.
struct Wire {
    var bytes: [UInt8] = []
    /// In place of the true length.
    var size: Int32?

    /// Whether it was sent already, as much of it as is wanted.
    var isSent = false

    /// With its length in front.
    var frame: [UInt8] {
        if isSent { return [] }
        var head = Wire()
        head.add(size ?? Int32(bytes.count))
        return head.bytes + bytes
    }

    init() {}

    /// What a good broker with one topic, `t`, says.
    init(answering request: WireRequest, port: Int) {
        add(request.correlation)
        switch request.key {
        case WireRequest.apiVersions: addVersions(request)
        case WireRequest.metadata: addMetadata(host: "127.0.0.1", port: port, topic: "t")
        case WireRequest.initProducerID:
            add(Int32(0))
            add(Int16(0))
            add(Int64(1))
            add(Int16(0))
        case WireRequest.produce:
            add(Int32(1))
            add("t")
            add(Int32(1))
            add(Int32(0))
            add(Int16(0))
            // Offset, time of the log, its first offset, and no throttling.
            for number in [Int64(7), -1, 0] { add(number) }
            add(Int32(0))
        case WireRequest.saslHandshake:
            add(Int16(0))
            add(Int32(1))
            add("PLAIN")
        default: add(Int16(35))
        }
    }

    private mutating func addVersions(_ request: WireRequest) {
        // UNSUPPORTED_VERSION makes the client ask again in the oldest one.
        add(Int16(request.version == 0 ? 0 : 35))
        let versions: [[Int16]] = [
            [0, 0, 7], [1, 0, 11], [3, 0, 1], [10, 0, 2], [17, 0, 1], [18, 0, 0], [22, 0, 0], [36, 0, 0],
        ]
        add(Int32(versions.count))
        for number in versions.flatMap({ $0 }) { add(number) }
    }

    /// Version 1.
    mutating func addMetadata(host: String, port: Int, topic: String) {
        add(Int32(1))
        add(Int32(1))
        add(host)
        add(Int32(port))
        add(Int16(-1))
        add(Int32(1))
        add(Int32(1))
        add(Int16(0))
        add(topic)
        bytes.append(0)
        add(Int32(1))
        add(Int16(0))
        for number in [Int32(0), 1, 1, 1, 1, 1] { add(number) }
    }

    mutating func add(_ number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Cut at what its length can say.
    mutating func add(_ text: String) {
        let text = text.utf8.prefix(Int(Int16.max))
        add(Int16(text.count))
        bytes += text
    }
}
