// SPDX-License-Identifier: Apache-2.0

extension MockServer.Plan {
    /// - Parameter brokers: How many when nothing is said.
    init(_ arguments: ParsedArguments, brokers: Int = 1) throws(ToolError) {
        self.brokers = try arguments.value(.mockBrokers, OptionValue.number(to: 100)) ?? brokers
        for topic in try arguments.values(.mockTopic, OptionValue.topicWithPartitions) {
            topics[topic.name] = topic.partitions
        }
        for (name, word) in Option.faultWords {
            faults += try arguments.values(name) { value throws(OptionValue.Invalid) in try MockFault(word, value) }
        }
    }
}
