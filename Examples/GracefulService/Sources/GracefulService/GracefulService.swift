// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import KafkaAsyncProducer
import KafkaTestKit

/// Reads orders from standard input, one a line, and answers each on standard output.
@main
enum GracefulService {
    static func main() async {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            let isSafe: Bool
            if let brokers = options.brokers {
                isSafe = try await run(options, brokers)
            } else {
                isSafe = try await withMockCluster(topics: ["orders": 6]) { cluster in
                    try await run(options, cluster.bootstrapServers)
                }
            }
            exit(isSafe ? 0 : 1)
        } catch is Options.Usage {
            log(Options.usage)
            exit(64)
        } catch {
            // Thrown out of `main` it would be the report of a crash.
            log("\(error)")
            exit(1)
        }
    }

    private static func run(_ options: Options, _ brokers: [String]) async throws -> Bool {
        var configuration = AsyncProducer.Configuration(bootstrapServers: brokers)
        // Then the policy decides: three attempts, and a line is in the spool after a minute and a half.
        configuration.delivery.timeout = .seconds(30)
        // A fatal error of librdkafka's need not end the producer. One too many does, and then the service makes a new one.
        configuration.recovery = .restart(limit: 3, within: .seconds(60))
        var settings = Service.Settings()
        settings.stop = StopBudget(total: .seconds(options.stopWithin))
        let service = Service(
            configuration,
            settings: settings,
            spool: Spool(path: options.spool),
            answer: Self.answer,
            log: Self.log
        )
        // A reader of our answers who has gone is no reason to end without a word.
        signal(SIGPIPE, SIG_IGN)
        onSignal(SIGTERM, SIGINT) {
            service.stop.open()
            // For a disk or a reader of answers that hangs. What is not answered by then was not accepted.
            DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(options.stopWithin)) {
                log("not done after \(options.stopWithin) s")
                exit(1)
            }
        }
        onSignal(SIGUSR1) { log(service.status) }
        let isSafe = try await service.run(Lines())
        log(service.ledger.withLock { $0.description })
        return isSafe
    }

    private static let output = DispatchQueue(label: "answers")

    /// Waits until they are written: whoever does not read his answers is not sent more of them.
    private static func answer(_ lines: [String]) async {
        let text = Data(lines.map { $0 + "\n" }.joined().utf8)
        await withCheckedContinuation { continuation in
            output.async {
                try? FileHandle.standardOutput.write(contentsOf: text)
                continuation.resume()
            }
        }
    }

    @Sendable private static func log(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data("graceful-service: \(line)\n".utf8))
    }
}
