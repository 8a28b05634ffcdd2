// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import KafkaAsyncProducer
import KafkaTestKit

@main
enum RequestService {
    static func main() async {
        // A peer who has gone is a failed write, and not the end.
        signal(SIGPIPE, SIG_IGN)
        do {
            switch try Options(Array(CommandLine.arguments.dropFirst())) {
            case .ask(let socket, let requests):
                try await ask(socket, requests)
            case .serve(let options):
                try await serve(options)
            }
        } catch is Options.Usage {
            log(Options.usage)
            exit(64)
        } catch {
            // Thrown out of `main` it would be the report of a crash.
            log("request-service: \(error)")
            exit(1)
        }
    }

    private static func serve(_ options: Options.Serve) async throws {
        if let brokers = options.brokers { return try await serve(options, brokers) }
        try await withMockCluster(topics: ["orders": 6, "heartbeats": 1]) { cluster in
            try await serve(options, cluster.bootstrapServers)
        }
    }

    private static func serve(_ options: Options.Serve, _ brokers: [String]) async throws {
        let (stops, stop) = AsyncStream.makeStream(of: Never.self)
        onSignal(SIGTERM, SIGINT) {
            stop.finish()
            // For whatever hangs: Docker would kill it now.
            DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(10)) { exit(1) }
        }
        let (requests, health) = (try Listener(path: options.socket), try Listener(path: options.health))
        defer { health.stop() }
        var configuration = AsyncProducer.Configuration(bootstrapServers: brokers)
        // Somebody waits for each message: short batches, and an answer before his patience is over.
        configuration.batching = .latency
        configuration.delivery.timeout = .seconds(10)
        let service = try await Service(configuration, requests, health, options)
        log("request-service: serving at \(options.socket), health at \(options.health)")
        await service.run { for await _ in stops {} }
        log("request-service: \(service.account)")
    }

    @Sendable static func log(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
    }
}
