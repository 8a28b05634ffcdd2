// SPDX-License-Identifier: Apache-2.0

extension ProduceCommand {
    /// How many records, how fast, and when to stop.
    static func setFlow(of job: inout ProduceJob, _ arguments: ParsedArguments) throws(ToolError) {
        job.errorPolicy = try ErrorPolicy(arguments)
        job.transactions.size = try arguments.value(.transactionSize, OptionValue.count)
        job.transactions.time = try arguments.value(.transactionTime, OptionValue.duration)
        job.resendsKeys = arguments.has(.resend)
        job.defaults.rate = try arguments.value(.rate, OptionValue.rate)
        job.isDryRun = arguments.has(.dryRun)
        job.repeatCount = try arguments.value(.repeatCount, OptionValue.count) ?? 1
        job.isFollowing = arguments.has(.follow)
        job.isFromEnd = arguments.has(.fromEnd)
        if job.isFromEnd, !job.isFollowing { throw .usage("option --from-end needs --follow") }
        let isRead = !arguments.has(.value) && !arguments.has(.tombstone)
        let names = job.sources.contains(.standardInput) ? "name files instead" : nil
        if job.repeatCount > 1, isRead, let names {
            throw .usage("option --repeat: standard input can be read only once; \(names)")
        }
        if job.isFollowing {
            if !isRead { throw .usage("option --follow: --value and --tombstone read no input") }
            if let names {
                throw .usage("option --follow: standard input is read to its end in any case; \(names)")
            }
            if job.repeatCount > 1 { throw .usage("options --follow and --repeat exclude each other") }
        }
    }
}
