// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Whether a run keeps track of how far it has come, and goes on from where an earlier one was.
struct CheckpointOptions: Sendable {
    var path: String?
    var resumes = false
    /// Whether the inputs are names under which files come and go.
    var follows = false
    /// How the input is cut into records; a run that cuts it otherwise cannot go on.
    var format = ""
    /// Whether records count as done only when their transaction is committed.
    var isTransactional = false

    init() {}

    var isOn: Bool { path != nil }

    /// Names the file that is written.
    func claim(_ uses: inout FileUses) throws(ToolError) { try uses.write(path, for: "option --checkpoint") }

    /// Looks at the inputs, and at how far an earlier run has come; nil when nothing is to be kept track of.
    func open(topic: String?, sources: [InputSource], gapLimit: Int) async throws(ToolError) -> Checkpoint? {
        guard let path else { return nil }
        let earlier = try await CheckpointFile.read(path)
        if let earlier {
            if !resumes, !earlier.isComplete {
                throw .usage(
                    "option --checkpoint: \(printable(path)) is of a run that has not ended; add --resume, or remove it"
                )
            }
            if resumes { try check(earlier, path, topic, sources) }
        }
        var inputs: [InputProgress] = []
        if follows {
            // Which files these are now is for the feed to find out.
            inputs = (resumes ? earlier?.inputs ?? [] : []).map { input in
                var progress = InputProgress(input.path, input.file, from: input)
                progress.isFollowed = true
                return progress
            }
        }
        for (index, source) in sources.enumerated() where !follows {
            let from = resumes ? earlier?.inputs[index] : nil
            let file = try await identity(of: source, from)
            inputs.append(InputProgress(source.operand, file, from: from))
        }
        return Checkpoint(
            path,
            topic: topic,
            format: format,
            inputs: inputs,
            sources: sources.map(\.operand),
            gapLimit: gapLimit,
            goesOn: resumes && earlier != nil,
            isTransactional: isTransactional
        )
    }

    private func check(
        _ earlier: CheckpointFile,
        _ path: String,
        _ topic: String?,
        _ sources: [InputSource]
    ) throws(ToolError) {
        func refuse(_ reason: String) -> ToolError {
            .usage(
                "option --resume: \(printable(path)) is \(reason); repeat that command line, or remove the checkpoint"
            )
        }
        if earlier.topic != topic { throw refuse("for the topic \(printable(earlier.topic ?? "of each record"))") }
        if earlier.format != format { throw refuse("for another --format, -D or -K (\(printable(earlier.format)))") }
        let names = sources.map(\.operand)
        let isSame =
            follows ? earlier.inputs.allSatisfy { names.contains($0.path) } : earlier.inputs.map(\.path) == names
        if !isSame {
            throw refuse("of other inputs: \(printable(earlier.inputs.map(\.path).joined(separator: " ")))")
        }
    }

    /// What a file is recognised by; it must be the one of the earlier run, which may have grown.
    private func identity(
        of source: InputSource,
        _ earlier: CheckpointFile.Input?
    ) async throws(ToolError) -> FileIdentity? {
        guard case .file(let path) = source else { return nil }
        let known = earlier?.file
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () -> (now: FileIdentity?, then: FileIdentity?) in
                        let then = try known.map { try FileIdentity.read(path, head: $0.head_bytes) } ?? nil
                        return (try FileIdentity.read(path), then)
                    }
                )
            }
        }
        switch result {
        case .failure(let error): throw ToolError(.noInput, "\(source.name): cannot be read: \(reason(of: error))")
        case .success(let (now, then)):
            guard let earlier, let known else { return now }
            // Not the device: it has another number after a restart.
            let isSame = then?.inode == known.inode && then?.head_digest == known.head_digest
            if !isSame || (then?.size ?? 0) < UInt64(earlier.acked_bytes) {
                throw .usage(
                    "option --resume: \(source.name) is not the file of the checkpoint any more, or was cut short; remove the checkpoint to begin again"
                )
            }
            return now
        }
    }
}
