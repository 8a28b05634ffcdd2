// SPDX-License-Identifier: Apache-2.0

#if ConfigurationSupport
public import Configuration
internal import RDKafka

extension AsyncProducer.Configuration {
    /// A configuration from a `ConfigReader`, by the names that property files have: `bootstrap.servers`, `linger.ms`, and
    /// every other one of librdkafka's and Java's.
    ///
    /// <!-- snippet: IntegrationTests/PackageTraits/Sources/OrderService/Snippets.swift#configuration -->
    /// ```swift
    /// let reader = ConfigReader(provider: EnvironmentVariablesProvider())
    /// let kafka = reader.scoped(to: "kafka")
    /// let configuration = try AsyncProducer.Configuration(configReader: kafka)
    /// ```
    ///
    /// There `KAFKA_BOOTSTRAP_SERVERS` is `bootstrap.servers`, and in a file of JSON it is
    /// `{"kafka": {"bootstrap": {"servers": "b1:9092,b2:9092"}}}`. Passwords, tokens and keys are asked for as secrets, so
    /// that no access reporter shows them.
    ///
    /// - Throws: As ``init(_:)``. A reader does not tell which keys it has, so a name that nobody knows is not noticed.
    public init(configReader reader: ConfigReader) throws(KafkaError) {
        try self.init(Properties(configReader: reader))
    }
}

extension AsyncProducer.Configuration.Properties {
    /// The properties that a `ConfigReader` has, to be merged with others: see ``AsyncProducer/Configuration/init(configReader:)``.
    public init(configReader reader: ConfigReader) {
        self.init()
        let names = Set(PropertyTable.all.map(\.name)).union(JavaNames.all)
        for name in names.sorted() {
            guard let value = reader.text(of: name) else { continue }
            set(name, to: value, source: "ConfigReader")
        }
    }
}

extension ConfigReader {
    /// The value of a property as it would stand in a file, whatever its type is where it comes from.
    fileprivate func text(of name: String) -> String? {
        let key = ConfigKey(name.split(separator: ".").map(String.init))
        let isSecret = PropertyName.isSecret(name)
        // A value of another type than the one asked for is no value: each is tried, so that none is passed over silently.
        if let text = string(forKey: key, isSecret: isSecret) { return text }
        if let number = int(forKey: key, isSecret: isSecret) { return String(number) }
        if let number = double(forKey: key, isSecret: isSecret) { return "\(number)" }
        if let flag = bool(forKey: key, isSecret: isSecret) { return String(flag) }
        return stringArray(forKey: key, isSecret: isSecret)?.joined(separator: ",")
    }
}
#endif
