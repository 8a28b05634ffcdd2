// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer.Configuration {
    /// A property of librdkafka with its value.
    public struct Property: Sendable, Hashable {
        /// librdkafka's name, never an alias.
        public let name: String
        /// In librdkafka's spelling; `[redacted]` for a secret that is set.
        public let value: String
        /// Whether it is one of topics and not of the client.
        public let isTopicProperty: Bool
    }

    /// What is known of a property of librdkafka's or this library's.
    public struct PropertyDescription: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The property that it is another name of.
        public let original: String?
        /// Whether it is one of topics and not of the client.
        public let isTopicProperty: Bool
        /// Whether producers have a use for it; the others are read by consumers.
        public let isForProducers: Bool
        /// As in `integer`, `boolean`, `string`, `enum value`, `CSV flags`.
        public let type: String
        /// As in `0 .. 900000` or `any, v4, v6`; empty when librdkafka names none.
        public let range: String
        /// librdkafka's own default, which may differ from this library's; empty for none.
        public let defaultValue: String
        /// `high`, `medium` or `low`.
        public let importance: String
        /// What it does: Markdown, in librdkafka's words.
        public let text: String
        /// Whether its value is never shown.
        public let isSecret: Bool
    }

    /// The properties that can be given in ``librdkafka``, as the librdkafka in use documents them, and those of this library's
    /// own that ``Properties`` takes besides.
    ///
    /// Without those that this library refuses.
    public static var knownProperties: [PropertyDescription] {
        PropertyTable.all.filter { !isRefused($0.name) }.map { PropertyDescription($0) } + OwnProperties.all
    }

    /// Every property as a client would get it, defaults included and secrets left out. Connects to nothing. A
    /// ``partitioning`` that librdkafka has no name for is `round_robin` or `custom` here.
    ///
    /// librdkafka adjusts a few more when it makes the client, such as `max.in.flight` for idempotence.
    /// ``bootstrapServers`` may be empty.
    ///
    /// - Throws: ``KafkaError/Code/invalidConfiguration``, as ``AsyncProducer/init(_:)``.
    public func effectiveProperties() throws(KafkaError) -> [Property] {
        let properties = try makePropertiesWithoutServers()
        let partitioning = try partitioning(properties)
        return properties.dump().map { name, value, isTopic in
            let value = name == "partitioner" ? partitioning.description : value
            let shown = value.isEmpty ? value : PropertyName.shown(value: value, of: name, isKnown: true)
            return Property(name: name, value: shown, isTopicProperty: isTopic)
        }
    }
}

extension AsyncProducer.Configuration.PropertyDescription {
    fileprivate init(_ row: PropertyTable.Row) {
        name = row.name
        original = Self.original(row.description)
        isTopicProperty = row.isTopic
        isForProducers = row.users != "C"
        type = row.type
        range = row.range
        defaultValue = row.standard
        importance = row.importance
        text = row.description
        isSecret = PropertyName.isSecret(row.name)
    }

    /// The name in "Alias for `name`: …".
    private static func original(_ description: String) -> String? {
        let prefix = "Alias for `"
        guard description.hasPrefix(prefix) else { return nil }
        return String(description.dropFirst(prefix.count).prefix { $0 != "`" })
    }
}
