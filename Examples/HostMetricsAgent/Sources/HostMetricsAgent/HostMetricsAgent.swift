// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit

/// Samples the host every few seconds and sends the samples to Kafka, for years.
@main
enum HostMetricsAgent {
    @MainActor
    static func main() async {
        do {
            let options = try Options(CommandLine.arguments.dropFirst())
            if options.action == .check, let path = options.heartbeat {
                let (isAlive, text) = Heartbeat.check(path)
                print(text)
                exit(isAlive ? EXIT_SUCCESS : EXIT_FAILURE)
            }
            exit(try await run(options).rawValue)
        } catch let error as UsageError {
            log("\(error)")
            exit(EX_USAGE)
        } catch {
            log("\(error)")
            exit(EXIT_FAILURE)
        }
    }

    @MainActor
    private static func run(_ given: Options) async throws -> ExitCode {
        let settings = try await Settings(file: given.settings, brokers: given.brokers)
        if !settings.producer.bootstrapServers.isEmpty { return try await run(settings, given) }
        return try await withMockCluster(topics: [settings.topic: 1]) { cluster in
            log("there are no brokers in the settings: a mock cluster takes the samples, and keeps them until the end")
            var (settings, options) = (settings, given)
            options.brokers = cluster.bootstrapServers
            settings.producer.bootstrapServers = cluster.bootstrapServers
            return try await run(settings, options)
        }
    }

    @MainActor
    private static func run(_ settings: Settings, _ options: Options) async throws -> ExitCode {
        let pidFile = try options.pidFile.map { try PIDFile($0) }
        defer { pidFile?.remove() }
        let agent = try await Agent(settings, options: options)
        watchSignals { agent.handle($0) }
        log("running")
        return await agent.run()
    }
}
