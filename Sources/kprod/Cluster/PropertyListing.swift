// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The properties of the client, as kcat shows them.
enum PropertyListing {
    /// Everything that a client would be made with: `kcat -X dump`.
    static func dump(_ configuration: AsyncProducer.Configuration) throws(ToolError) -> String {
        let properties: [AsyncProducer.Configuration.Property]
        do throws(KafkaError) {
            properties = try configuration.effectiveProperties()
        } catch {
            throw ToolError(.configuration, error.message)
        }
        func lines(isTopic: Bool) -> [String] {
            properties.filter { $0.isTopicProperty == isTopic }.map {
                "\($0.name) = \(printable($0.value, limit: 4_096))"
            }
        }
        let all = ["# Global config"] + lines(isTopic: false) + ["", "# Topic config"] + lines(isTopic: true)
        return (all + [""]).joined(separator: "\n") + "\n"
    }

    /// Everything that can be given with -X and matters to a producer: `kcat -X list`.
    static var list: String {
        let known = AsyncProducer.Configuration.knownProperties.filter(\.isForProducers)
        func table(isTopic: Bool) -> String {
            let rows = known.filter { $0.isTopicProperty == isTopic }.map { property in
                [property.name, property.range, property.defaultValue, property.importance, text(property)]
            }
            return TextTable(
                ["Property", "Range", "Default", "Importance", "Description"],
                separator: " | ",
                rows: rows
            )
            .text
        }
        return "## Global configuration properties\n\n\(table(isTopic: false))\n"
            + "## Topic configuration properties\n\n\(table(isTopic: true))"
    }

    private static func text(_ property: AsyncProducer.Configuration.PropertyDescription) -> String {
        "\(property.text) Type: \(property.type)"
    }
}
