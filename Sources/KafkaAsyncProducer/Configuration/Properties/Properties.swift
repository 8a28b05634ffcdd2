// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// Properties by Kafka's names, librdkafka's or Java's, from files, the environment and the program.
    ///
    /// A later value of a property replaces an earlier one, under whatever alias: `request.required.acks` and
    /// `topic.acks` are `acks`. Each value knows where it came from, and errors say it.
    ///
    /// <!-- snippet: Configuring.file -->
    /// ```swift
    /// let path = "producer.properties"
    /// var properties = try await AsyncProducer.Configuration.Properties(file: path)
    /// properties.merge(.init(environment: nil))
    /// let configuration = try AsyncProducer.Configuration(properties)
    /// ```
    public struct Properties: Sendable {
        struct Entry {
            /// As it was given.
            let name: String
            let value: String
            /// Such as `prod.conf:12`.
            let source: String?

            /// Librdkafka's main name for it, or Java's for what only Java has.
            var canonicalName: String { PropertyName.canonical(name) }
        }

        private(set) var entries: [Entry] = []

        /// None.
        public init() {}

        /// These.
        ///
        /// - Parameters:
        ///   - values: Values by the properties' names.
        ///   - source: Where they are from, for error messages, such as `-X`.
        public init(_ values: [String: String], source: String? = nil) {
            for (name, value) in values.sorted(by: { $0.key < $1.key }) { set(name, to: value, source: source) }
        }

        /// The value of a property, by any of its names.
        public subscript(name: String) -> String? {
            get { entry(name)?.value }
            set {
                if let newValue { set(name, to: newValue) } else { remove(name) }
            }
        }

        /// Sets a property, in place of every earlier value of it.
        ///
        /// - Parameters:
        ///   - name: Any name of the property, librdkafka's or Java's.
        ///   - value: What it is set to, as it would stand in a file.
        ///   - source: Where it is from, for error messages, such as `prod.conf:12`.
        public mutating func set(_ name: String, to value: String, source: String? = nil) {
            remove(name)
            entries.append(Entry(name: name, value: value, source: source))
        }

        /// Takes all of `stronger`, which win.
        public mutating func merge(_ stronger: Properties) {
            for entry in stronger.entries { set(entry.name, to: entry.value, source: entry.source) }
        }

        /// Where the value of a property is from, such as `prod.conf:12` or `KAFKA_ACKS`.
        public func source(of name: String) -> String? { entry(name)?.source }

        /// The names as they were given, in order.
        public var names: [String] { entries.map(\.name) }

        /// Whether the value of a property must not be shown.
        public static func isSecret(_ name: String) -> Bool { PropertyName.isSecret(name) }

        private func entry(_ name: String) -> Entry? {
            let canonical = PropertyName.canonical(name)
            return entries.last { $0.canonicalName == canonical }
        }

        private mutating func remove(_ name: String) {
            let canonical = PropertyName.canonical(name)
            entries.removeAll { $0.canonicalName == canonical }
        }
    }
}

extension AsyncProducer.Configuration.Properties: CustomStringConvertible, CustomReflectable {
    /// One `name=value` per property, in order; secrets are not shown.
    public var description: String {
        entries.map { "\(PropertyName.shown($0.name))=\(PropertyName.shown(value: $0.value, of: $0.name))" }
            .joined(separator: ", ")
    }

    /// The same as ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
