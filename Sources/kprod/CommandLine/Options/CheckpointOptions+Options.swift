// SPDX-License-Identifier: Apache-2.0

extension CheckpointOptions {
    init(_ arguments: ParsedArguments) throws(ToolError) {
        path = try arguments.value(.checkpoint, OptionValue.string)
        resumes = arguments.has(.resume)
        follows = arguments.has(.follow)
        if path == nil {
            if resumes { throw .usage("option --resume needs --checkpoint FILE") }
            return
        }
        let excluded: [Option.Name] = [.value, .tombstone, .repeatCount, .skip, .dryRun]
        if let option = excluded.first(where: arguments.has) {
            throw .usage("options --checkpoint and \(arguments.spelling(option)) exclude each other")
        }
    }
}
