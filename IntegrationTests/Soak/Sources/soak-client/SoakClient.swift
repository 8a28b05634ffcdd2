// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// The process that is watched: `soak-client lives BROKERS FIRST COUNT` or `soak-client load BROKERS SECONDS RATE`, each
/// with `NAME=VALUE` of librdkafka's properties at its end.
@main
struct SoakClient {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        let numbers = arguments.dropFirst(2).prefix(2).compactMap { Int($0) }
        var configuration = AsyncProducer.Configuration(bootstrapServers: [])
        for property in arguments.dropFirst(4) {
            let parts = property.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            configuration.librdkafka[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        configuration.logHandler = { _ in }
        guard let mode = arguments.first, let brokers = arguments.dropFirst().first, numbers.count == 2 else {
            fail("started by Scripts/soak, which see")
        }
        configuration.bootstrapServers = brokers.split(separator: ",").map(String.init)
        do {
            switch mode {
            case "lives": try await Lives(configuration: configuration).run(numbers[0]..<numbers[0] + numbers[1])
            case "load": try await Load(configuration: configuration, seconds: numbers[0], rate: numbers[1]).run()
            default: fail("\(mode) is not known")
            }
        } catch {
            fail("\(error)")
        }
    }

    static func fail(_ reason: String) -> Never {
        FileHandle.standardError.write(Data("soak-client: \(reason)\n".utf8))
        exit(1)
    }
}

/// Writes a line at once: whoever reads it may be waiting for it.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
