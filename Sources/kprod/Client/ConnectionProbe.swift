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

        /// The log comes on a queue of its own, and may be later than the answer. It is on its way then.
        func awaitAddress() async {
            for _ in 0..<100 {
                if steps.withLock({ $0.address }) != nil { return }
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    func run() async -> Result {
        var configuration = configuration
        configuration.bootstrapServers = [server]
        configuration.librdkafka["allow.auto.create.topics"] = "false"
        let debug = configuration.librdkafka["debug"].map { "\($0)," } ?? ""
        configuration.librdkafka["debug"] = "\(debug)broker"
        let security = configuration.security
        let watch = Watch(ConnectionSteps(usesTLS: security.tls != nil, usesSASL: security.sasl != nil))
        let question = ClusterQuestion()
        let log = ClientLog(.silent, isQuiet: true, isVerbose: false) { question.giveUp($0) }
        configuration.logHandler = { entry in
            log.handle(entry)
            let failures = watch.steps.withLock { steps in
                steps.observe(entry.message)
                return steps.failures
            }
            // The reason comes right behind the end of the connection, or came before it.
            if failures >= Self.attempts, let trouble = log.trouble {
                question.giveUp(ToolError(.unavailable, trouble.text))
            }
        }
        var result = Result(server: server, steps: watch.steps.withLock { $0 })
        do throws(ClusterQuestion.Failure) {
            result.metadata = try await question.ask(configuration, timeout: timeout)
            await watch.awaitAddress()
        } catch {
            switch error {
            case .noClient(let error):
                result.reason = ToolError(.configuration, ClientWords.ofCommand(error.message))
                result.obstacle = Obstacle(error)
            case .noAnswer:
                let why = log.trouble?.text ?? "no answer within \(NumberText.limit(timeout))"
                result.reason = ToolError(.unavailable, why)
            case .gaveUp(let reason): result.reason = reason
            }
        }
        result.steps = watch.steps.withLock { $0 }
        if result.metadata != nil { result.steps.answered() }
        return result
    }
}
