// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The properties of the client, as kcat shows them.
enum PropertyListing {
    /// Everything that a client would be made with: `kcat -X dump`.
    ///
    /// `source` tells of a property that was set where that was.
    static func dump(
        _ configuration: AsyncProducer.Configuration,
        source: (String) -> String? = { _ in nil }
    ) throws(ToolError) -> String {
        let properties: [AsyncProducer.Configuration.Property]
        do throws(KafkaError) {
            properties = try configuration.effectiveProperties()
        } catch {
            throw ToolError(.configuration, ClientWords.ofCommand(error.message))
        }
        func lines(isTopic: Bool) -> [String] {
            properties.filter { $0.isTopicProperty == isTopic }.flatMap { property in
                let origin = source(property.name).map { "# \(printable($0)):" }
                return [origin, "\(property.name) = \(printable(property.value, limit: 4_096))"].compactMap { $0 }
            }
        }
        let all = ["# Global config"] + lines(isTopic: false) + ["", "# Topic config"] + lines(isTopic: true)
        return (all + [""]).joined(separator: "\n") + "\n"
    }

    /// Everything that can be given with -X and matters to a producer: `kcat -X list`.
    static func list(containing word: String = "") -> String {
        let known = AsyncProducer.Configuration.knownProperties.filter {
            $0.isForProducers && (word.isEmpty || $0.name.contains(word.lowercased()))
        }
        func table(isTopic: Bool) -> [String] {
            let rows = known.filter { $0.isTopicProperty == isTopic }.map { property in
                [property.name, property.range, property.defaultValue, property.importance, text(property)]
            }
            if rows.isEmpty { return [] }
            let header = ["Property", "Range", "Default", "Importance", "Description"]
            let kind = isTopic ? "Topic" : "Global"
            return ["## \(kind) configuration properties\n\n\(TextTable(header, separator: " | ", rows: rows).text)"]
        }
        return (table(isTopic: false) + table(isTopic: true)).joined(separator: "\n")
    }

    private static func text(_ property: AsyncProducer.Configuration.PropertyDescription) -> String {
        "\(property.text) Type: \(property.type)"
    }
}
