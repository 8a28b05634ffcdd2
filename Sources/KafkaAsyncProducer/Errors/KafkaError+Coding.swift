// SPDX-License-Identifier: Apache-2.0

extension KafkaError.Code: Codable, CodingKeyRepresentable {
    /// The code with Kafka's name, or with the number in decimal; nil for a name that nobody has.
    public init?(name: String) {
        if let number = Int32(name) {
            self.init(rawValue: number)
        } else if let code = Self.byName[name] {
            self = code
        } else {
            return nil
        }
    }

    /// Kafka's name: see ``init(name:)``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let code = Self(name: name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no error of Kafka's: \(name)")
        }
        self = code
    }

    /// Writes the name, or the number of a code that has none.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(codedName)
    }

    /// The name as a key.
    public var codingKey: any CodingKey { NameKey(stringValue: codedName) }

    /// The code that a key names.
    public init?<Key: CodingKey>(codingKey: Key) { self.init(name: codingKey.stringValue) }

    private var codedName: String { Self.byName[name] == self ? name : String(rawValue) }

    /// Every code that librdkafka and this library have a name for.
    private static let byName = Dictionary(
        [-10_100 ... -10_000, -200...200].joined().map { number in
            let code = KafkaError.Code(rawValue: Int32(number))
            return (code.name, code)
        }
    ) { first, _ in first }

    private struct NameKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
