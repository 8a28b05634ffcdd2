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
        let (answers, post) = AsyncStream.makeStream(of: Result<ClusterMetadata, ToolError>.self)
        // What goes wrong on the way is told once, with the answer that did not come.
        let log = ClientLog(isVerbose ? terminal : .silent, isQuiet: !isVerbose, isVerbose: isVerbose) {
            post.yield(.failure($0))
        }
        configuration.logHandler = { log.handle($0) }
        let producer: AsyncProducer
        do throws(KafkaError) {
            producer = try await AsyncProducer(configuration)
        } catch {
            throw ToolError(.configuration, ClientWords.ofCommand(error.message))
        }
        let servers = resolved.servers
        let question = Task { [timeout] in
            do throws(KafkaError) {
                let answer = try await producer.metadata(for: topic.map { Topic($0) }, timeout: timeout)
                post.yield(.success(answer))
            } catch {
                post.yield(.failure(Self.explain(error, servers, timeout, log.trouble?.text)))
            }
        }
        let answer = await answers.first { _ in true }
        question.cancel()
        producer.asyncClose()
        guard let answer else { throw ToolError(.software, "the client gave no answer: please report this") }
        return try answer.get()
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
