// SPDX-License-Identifier: Apache-2.0

extension CheckpointOptions {
    init(_ arguments: ParsedArguments) throws(ToolError) {
        path = try arguments.value(.checkpoint, OptionValue.string)
        resumes = arguments.has(.resume)
        follows = arguments.has(.follow)
        guard let path else {
            if resumes { throw .usage("option --resume needs --checkpoint FILE") }
            return
        }
        let excluded: [Option.Name] = [.value, .tombstone, .repeatCount, .skip, .dryRun]
        if let option = excluded.first(where: arguments.has) {
            throw .usage("options --checkpoint and \(arguments.spelling(option)) exclude each other")
        }
        if arguments.operands.contains(path) {
            throw .usage("option --checkpoint: \"\(printable(path))\" is read from, too; name another file")
        }
    }
}
