// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit

/// `soak`: lives again and again, or one long one under faults, in a process that is watched from here.
@main
struct Soak {
    static func main() async {
        do {
            let options = try Options(arguments: Array(CommandLine.arguments.dropFirst()))
            let isGood =
                switch options.task {
                case .help:
                    {
                        say(Options.help); return true
                    }()
                case .lives(let count):
                    try await withPlaces(options) { places in
                        try await LivesRun(places: places, options: options, count: count).run()
                    }
                case .load(let seconds):
                    try await withServers(options) { servers, cluster in
                        try await LoadRun(servers: servers, cluster: cluster, options: options, seconds: seconds)
                            .run()
                    }
                }
            exit(isGood ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("soak: \(error)\n".utf8))
            exit(2)
        }
    }

    /// Where lives are lived: in one place, or in two by turns.
    private static func withPlaces(
        _ options: Options,
        _ body: ([String]) async throws -> Bool
    ) async throws -> Bool {
        guard options.isHalf, let brokers = options.servers else {
            return try await withServers(options) { servers, _ in try await body([servers]) }
        }
        try await createTopic(on: brokers)
        var mock = options
        mock.servers = nil
        return try await withServers(mock) { servers, _ in try await body([servers, brokers]) }
    }

    /// Brokers need not create topics by themselves.
    private static func createTopic(on brokers: String) async throws {
        let servers = brokers.split(separator: ",").map(String.init)
        try await AsyncProducer.withProducer(AsyncProducer.Configuration(bootstrapServers: servers)) { producer in
            do throws(KafkaError) {
                try await producer.createTopic("soak", partitions: 12)
            } catch {
                // One of an earlier run is as good.
                if error.code != .topicAlreadyExists { throw error }
            }
        }
    }

    /// The brokers that the environment names, or a mock cluster in this process: not in the one that is watched.
    private static func withServers(
        _ options: Options,
        _ body: (String, MockCluster?) async throws -> Bool
    ) async throws -> Bool {
        if let servers = options.servers { return try await body(servers, nil) }
        return try await withMockCluster(brokers: 3, topics: ["soak": 12]) { cluster in
            try await body(cluster.bootstrapServers.joined(separator: ","), cluster)
        }
    }
}

/// Why it stops.
struct SoakError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Writes a line at once: whoever reads it may be waiting for it.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
