// SPDX-License-Identifier: Apache-2.0

extension ProduceJob {
    /// `needsTopic` is false when records name their own.
    init(_ arguments: ParsedArguments, client: ClientOptions, needsTopic: Bool = true) throws(ToolError) {
        let topic = try arguments.value(.topic, OptionValue.string)
        if needsTopic, topic == nil { throw .usage("option -t/--topic is missing; name the topic to write to") }
        self.init(client: client, topic: topic)
        if !arguments.operands.isEmpty { sources = arguments.operands.map { InputSource($0) } }
        key = try arguments.value(.key, OptionValue.bytes)
        defaults.partition = try arguments.value(.partition, OptionValue.partition) ?? nil
        defaults.headers = try arguments.values(.header, OptionValue.header)
        defaults.limit = try arguments.value(.count, OptionValue.count)
        defaults.skip = try arguments.value(.skip, OptionValue.countOrZero) ?? 0
        isQuiet = arguments.has(.quiet)
        progress = try ProgressOptions(arguments)
        takesInput = !arguments.has(.noInput)
    }
}
