// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Asks a cluster about itself, with a client that lives for one answer.
struct ClusterQuery: Sendable {
    let client: ClientOptions
    var timeout = Duration.seconds(5)
    /// Whether the client's log is shown.
    var isVerbose = false
    /// Whether brokers with `auto.create.topics.enable` create a topic that is asked about.
    var mayCreate = false

    /// About one topic, or about all.
    func metadata(for topic: String?, _ terminal: Terminal) async throws(ToolError) -> ClusterMetadata {
        let resolved = try await client.resolve()
        for line in resolved.advice { terminal.note(line) }
        var configuration = resolved.configuration
        configuration.librdkafka["allow.auto.create.topics"] = mayCreate ? "true" : "false"
        let question = ClusterQuestion()
        // What goes wrong on the way is told once, with the answer that did not come.
        let log = ClientLog(isVerbose ? terminal : .silent, isQuiet: !isVerbose, isVerbose: isVerbose) {
            question.giveUp($0)
        }
        configuration.logHandler = { log.handle($0) }
        do throws(ClusterQuestion.Failure) {
            return try await question.ask(about: topic, configuration, timeout: timeout)
        } catch {
            switch error {
            case .noClient(let error): throw ToolError(.configuration, ClientWords.ofCommand(error.message))
            case .noAnswer(let error): throw Self.explain(error, resolved.servers, timeout, log.trouble?.text)
            case .gaveUp(let reason): throw reason
            }
        }
    }

    private static func explain(
        _ error: KafkaError,
        _ servers: String,
        _ timeout: Duration,
        _ trouble: String?
    ) -> ToolError {
        switch error.code {
        case .invalidTopic: return .usage("option -t/--topic: \(error.message)")
        case .deadlineExceeded:
            let why = trouble ?? "no broker answered"
            return ToolError(
                .unavailable,
                "no answer from \(servers) within \(NumberText.limit(timeout)): \(why); "
                    + "check -b and that the brokers are up"
            )
        default:
            return ToolError(
                .unavailable,
                "\(servers): \(printable(error.message)); check -b and that the brokers are up"
            )
        }
    }
}
