// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit

/// A server that turns lines into records.
@main
enum LineIngest {
    /// On the main thread: opening sockets and files may wait, and Swift's other threads must not.
    @MainActor
    static func main() async {
        do {
            let options = try Options(CommandLine.arguments.dropFirst())
            if let brokers = options.brokers {
                try await run(options, brokers)
            } else {
                try await withMockCluster(topics: [options.topic: 6]) { cluster in
                    announce("a mock cluster keeps the records, until the end")
                    try await run(options, cluster.bootstrapServers)
                }
            }
        } catch {
            FileHandle.standardError.write(Data("LineIngest: \(error)\n".utf8))
            if case .usage? = error as? ServerError { exit(EX_USAGE) }
            exit(EXIT_FAILURE)
        }
    }

    @MainActor
    private static func run(_ options: Options, _ brokers: [String]) async throws {
        let limits = options.limits
        guard raiseDescriptorLimit() >= limits.connections + 64 else {
            throw ServerError.invalid("too few open files for \(limits.connections) connections: see ulimit -n")
        }
        let listeners = try Restart.listeners(options.addresses)
        var configuration = AsyncProducer.Configuration(bootstrapServers: brokers)
        // Every outcome is an answer that somebody waits for.
        configuration.returns.successes = .always
        let producer = try await AsyncProducer(configuration)
        let server = try Server(
            producer,
            topic: try producer.topic(options.topic),
            listeners: listeners,
            limits: limits,
            folder: options.folder
        )
        server.shared.stops.watchSignals()
        for listener in listeners { announce("listening on \(name(of: listener))") }

        let result = await server.run()
        if let statistics = result.statistics {
            announce("accepted \(statistics.accepted), delivered \(statistics.succeeded), failed \(statistics.failed)")
        }
        if result.reason == .restart { throw Restart.execute(CommandLine.arguments, listeners) }
        for listener in listeners { listener.remove() }
        if !result.isComplete || result.reason == .producerFailed { exit(EXIT_FAILURE) }
    }

    private static func name(of listener: Listener) -> String {
        guard case .tcp(let host, _) = listener.address, let port = listener.port else { return "\(listener.address)" }
        return "\(Listener.Address.tcp(host: host, port: String(port)))"
    }

    /// At once, and not when a buffer is full: somebody may wait for it in a pipe, and a restart would lose the buffer.
    private static func announce(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
}
