// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// `kprod complete WORD…`, which the scripts of `kprod completions` call: a line per candidate, with its meaning after a
/// tab; `:files` asks the shell for files.
struct CompleteCommand {
    static let name = "complete"

    /// Somebody waits at a prompt.
    private static let patience = Duration.seconds(1)

    let words: [String]
    var environment = ProcessInfo.processInfo.environment

    func run() async throws(ToolError) -> Ending {
        let completer = Completer(commands: CommandLineTool.commands.map { $0.syntax }, kcat: KcatCommand.syntax)
        let completion = completer.completion(of: words)
        var lines = completion.candidates.map { candidate in
            candidate.help.isEmpty ? candidate.word : "\(candidate.word)\t\(Self.short(candidate.help))"
        }
        if completion.includesTopics { lines += await topics().map { completion.prefix + $0 } }
        if completion.includesProfiles { lines += await profiles().map { completion.prefix + $0 } }
        if completion.includesFiles { lines.append(":files\(completion.prefix)") }
        try StandardOutput.write(lines.map { "\($0)\n" }.joined())
        return .status(.success)
    }

    /// The first sentence, in a length that fits beside the word.
    private static func short(_ help: String) -> String {
        let sentence = help.firstRange(of: ". ").map { String(help[..<$0.lowerBound]) } ?? help
        return sentence.count > 70 ? "\(sentence.prefix(69))…" : sentence
    }

    /// The client as far as the command line has come; what is not finished yet does not count.
    private var client: ClientOptions? {
        let isKcat = words.first?.hasPrefix("-") ?? true
        let syntax =
            isKcat ? KcatCommand.syntax : CommandLineTool.commands.map { $0.syntax }.first { $0.name == words.first }
        guard let syntax else { return nil }
        let before = Array(words.dropFirst(isKcat ? 0 : 1).dropLast())
        // The last word may be an option whose argument is being typed.
        for given in [before, Array(before.dropLast()), []] {
            guard let arguments = try? ParsedArguments(given, syntax: syntax),
                var options = try? ClientOptions(arguments, defaults: [:], environment: environment)
            else { continue }
            options.mayAsk = false
            return options
        }
        return nil
    }

    private func topics() async -> [String] {
        guard let client, let servers = try? await client.resolve().servers else { return [] }
        let cache = TopicCache(servers: servers, environment: environment)
        if let known = cache.topics { return known }
        let query = ClusterQuery(client: client, timeout: Self.patience)
        guard let metadata = try? await query.metadata(for: nil, .silent) else { return [] }
        let names = metadata.topics.map(\.name).filter { !$0.hasPrefix("__") }.map { printable($0) }
        cache.store(names)
        return names
    }

    private func profiles() async -> [String] {
        guard let path = client?.file?.path, let data = FileManager.default.contents(atPath: path) else { return [] }
        let text = String(decoding: data, as: UTF8.self)
        return (try? ClientOptions.Properties.profiles(in: text, source: path)) ?? []
    }
}
