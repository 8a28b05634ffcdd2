// SPDX-License-Identifier: Apache-2.0

extension ProgressOptions {
    init(_ arguments: ParsedArguments) throws(ToolError) {
        kind = try arguments.value(.progress, OptionValue.word) ?? .auto
        interval =
            try arguments.value(.statsInterval) { text throws(OptionValue.Invalid) in
                let interval = try OptionValue.duration(text)
                if interval < .milliseconds(100) { throw OptionValue.Invalid("is too short; 100ms is the least") }
                return interval
            } ?? interval
        file = try arguments.value(.statsFile, OptionValue.outputPath)
        if arguments.has(.statsInterval), ![.plain, .json].contains(kind), file == nil {
            throw .usage("option --stats-interval needs --progress plain, --progress json or --stats-file FILE")
        }
    }
}
