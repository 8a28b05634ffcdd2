// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Tries one address with the client that a run would have.
struct ConnectionProbe: Sendable {
    let server: String
    let configuration: AsyncProducer.Configuration
    let timeout: Duration

    struct Result: Sendable {
        let server: String
        var steps: ConnectionSteps
        /// What the broker said of its cluster.
        var metadata: ClusterMetadata?
        /// Why it stopped where it did.
        var reason: ToolError?
        /// What kept the client from being made, before any step.
        var obstacle: Obstacle?
    }

    /// What is wrong with a configuration of which no client can be made.
    enum Obstacle: String, Sendable {
        case configuration, tls, sasl

        init(_ error: KafkaError) {
            let text = error.message.lowercased()
            self =
                text.contains("sasl") || text.contains("oauth")
                ? .sasl
                : error.securityFailure != nil || text.contains("ssl") || text.contains("tls") ? .tls : .configuration
        }
    }

    /// Attempts after which there is no sense in waiting: a host may have several addresses.
    private static let attempts = 4

    private final class Watch: Sendable {
        let steps: Mutex<ConnectionSteps>

        init(_ steps: ConnectionSteps) { self.steps = Mutex(steps) }
    }

    func run() async -> Result {
        var configuration = configuration
        configuration.bootstrapServers = [server]
        configuration.librdkafka["allow.auto.create.topics"] = "false"
        let debug = configuration.librdkafka["debug"].map { "\($0)," } ?? ""
        configuration.librdkafka["debug"] = "\(debug)broker"
        let security = configuration.security
        let watch = Watch(ConnectionSteps(usesTLS: security.tls != nil, usesSASL: security.sasl != nil))
        let (outcomes, post) = AsyncStream.makeStream(of: Swift.Result<ClusterMetadata, ToolError>.self)
        let log = ClientLog(.silent, isQuiet: true, isVerbose: false) { post.yield(.failure($0)) }
        configuration.logHandler = { entry in
            log.handle(entry)
            let failures = watch.steps.withLock { steps in
                steps.observe(entry.message)
                return steps.failures
            }
            // The reason comes right behind the end of the connection, or came before it.
            if failures >= Self.attempts, let trouble = log.trouble {
                post.yield(.failure(ToolError(.unavailable, trouble.text)))
            }
        }
        let outcome = await ask(configuration, outcomes, post) { log.trouble?.text }
        var result = Result(server: server, steps: watch.steps.withLock { $0 })
        result.obstacle = outcome.obstacle
        switch outcome.answer {
        case .success(let metadata):
            result.steps.answered()
            result.metadata = metadata
        case .failure(let reason): result.reason = reason
        }
        return result
    }

    private struct Outcome {
        let answer: Swift.Result<ClusterMetadata, ToolError>
        var obstacle: Obstacle?
    }

    private func ask(
        _ configuration: AsyncProducer.Configuration,
        _ outcomes: AsyncStream<Swift.Result<ClusterMetadata, ToolError>>,
        _ post: AsyncStream<Swift.Result<ClusterMetadata, ToolError>>.Continuation,
        _ trouble: @escaping @Sendable () -> String?
    ) async -> Outcome {
        let producer: AsyncProducer
        do throws(KafkaError) {
            producer = try await AsyncProducer(configuration)
        } catch {
            let reason = ToolError(.configuration, ClientWords.ofCommand(error.message))
            return Outcome(answer: .failure(reason), obstacle: Obstacle(error))
        }
        let question = Task { [timeout] in
            do throws(KafkaError) {
                post.yield(.success(try await producer.metadata(timeout: timeout)))
            } catch {
                let why = trouble() ?? "no answer within \(NumberText.limit(timeout))"
                post.yield(.failure(ToolError(.unavailable, why)))
            }
        }
        let outcome = await outcomes.first { _ in true }
        question.cancel()
        producer.asyncClose()
        let silence = ToolError(.software, "the client gave no answer: please report this")
        return Outcome(answer: outcome ?? .failure(silence))
    }
}
