// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// `kprod config`: what can be set, what is set, and whether it works.
struct ConfigCommand: Command {
    static let syntax = CommandSyntax(
        name: "config",
        summary: "List properties, show those in effect, or check what they lead to.",
        operands: "list [WORD] | dump | check",
        options: [.brokers, .property, .configFile, .profile, .timeout, .noInput, .help],
        notes: [
            "list shows the properties whose name holds WORD. dump shows every property as a run would have it, and where "
                + "those were set that are not defaults; secrets are left out. check tries each broker: resolve, connect, "
                + "TLS with the broker's certificate, SASL, metadata, then the addresses that brokers advertise. It says "
                + "where it stops and what to do next.",
            "Options beat -X, which beats variables (KPROD_LINGER_MS is linger.ms; KAFKA_BOOTSTRAP_SERVERS), which beat the "
                + "file: -F, or $KPROD_CONFIG, $KCAT_CONFIG, ~/.config/kprod/kprod.conf, ~/.config/kcat.conf, the first "
                + "there is. It may be librdkafka's or Java's, and have sections [profile NAME].",
            "A secret may be @FILE, env:NAME, fd:N or prompt: instead of itself; @@ begins one that begins with @.",
        ],
        examples: ["kprod config check -F prod.conf"]
    )

    private enum Action: String, CaseIterable {
        case list, dump, check
    }

    private let action: Action
    private let word: String
    private let client: ClientOptions
    private let timeout: Duration

    init(_ arguments: ParsedArguments) throws(ToolError) {
        guard let name = arguments.operands.first else {
            throw .usage("config: name what to do: list, dump or check")
        }
        guard let action = Action(rawValue: name) else {
            throw .usage("config: \"\(printable(name))\" is none of list, dump, check")
        }
        let limit = action == .list ? 2 : 1
        if arguments.operands.count > limit {
            throw .usage("config \(name) takes no \"\(printable(arguments.operands[limit]))\"")
        }
        self.action = action
        word = arguments.operands.count == 2 ? arguments.operands[1] : ""
        client = try ClientOptions(arguments, defaults: [:])
        timeout = try arguments.value(.timeout, OptionValue.duration) ?? .seconds(5)
    }

    func run(_ terminal: Terminal) async -> Ending {
        do throws(ToolError) {
            switch action {
            case .list: try StandardOutput.write(PropertyListing.list(containing: word))
            case .dump:
                let resolved = try await client.resolve(needsServers: false)
                for line in resolved.advice { terminal.note(line) }
                let properties = try await client.merged().properties
                try StandardOutput.write(
                    try PropertyListing.dump(resolved.configuration) { properties.source(of: $0) }
                )
            case .check:
                let check = ConfigurationCheck(client: client, timeout: timeout)
                return .status(
                    try await check.run { (text) throws(ToolError) in try StandardOutput.write(text) }
                )
            }
            return .status(.success)
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
    }
}
