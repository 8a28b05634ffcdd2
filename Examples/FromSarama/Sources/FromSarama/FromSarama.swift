// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import KafkaAsyncProducer
import KafkaTestKit

/// The port of `go/main.go`, and what to know before one ports a program of one's own.
@main
enum FromSarama {
    static let usage = "usage: FromSarama [orders|losses|leaks|traps] [--brokers HOST:PORT,...]"

    @MainActor
    static func main() async {
        var words = Array(CommandLine.arguments.dropFirst())
        let command = words.first.map { $0.hasPrefix("-") } == false ? words.removeFirst() : "orders"
        let isRight = words.isEmpty || words.count == 2 && words[0] == "--brokers"
        guard isRight, let run = commands[command] else { end(usage, EX_USAGE) }
        do {
            if words.count == 2 {
                try await run(words[1].split(separator: ",").map(String.init), nil)
            } else {
                try await withMockCluster(topics: ["orders": 6]) { try await run($0.bootstrapServers, $0) }
            }
        } catch {
            // Thrown out of `main` it would be the report of a crash.
            end("FromSarama: \(error)", EXIT_FAILURE)
        }
    }

    private static func end(_ text: String, _ status: Int32) -> Never {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
        exit(status)
    }

    private typealias Command = @MainActor (_ brokers: [String], _ cluster: MockCluster?) async throws -> Void

    @MainActor private static let commands: [String: Command] = [
        "orders": orders, "losses": losses, "leaks": leaks, "traps": traps,
    ]

    @MainActor
    private static func orders(_ brokers: [String], _ cluster: MockCluster?) async throws {
        // A channel that a goroutine fills: an AsyncStream that a task fills.
        let (orders, continuation) = AsyncStream.makeStream(of: String.self)
        Task.detached {
            for number in 1...1_000 { continuation.yield("customer-\(number % 10): order \(number)") }
            continuation.finish()
        }
        let counts = try await OrderService(brokers: brokers).run(orders, stop: stopSignals())
        print("sent \(counts.sent), delivered \(counts.delivered), failed \(counts.failed)")
        if counts.delivered < counts.sent { exit(EXIT_FAILURE) }
    }

    /// `signal.Notify`.
    private static func stopSignals() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { withExtendedLifetime(source) { _ = continuation.yield() } }
            source.activate()
        }
        return stream
    }

    @MainActor
    private static func losses(_ brokers: [String], _ cluster: MockCluster?) async throws {
        print("1,000 messages, 10 of them to a partition that does not exist")
        try await table(brokers, deadline: .seconds(20))
        guard let cluster else { return }
        try await cluster.brokerDown()
        print("\nthe same with the brokers down, and a deadline of half a second")
        try await table(brokers, deadline: .milliseconds(500))
    }

    @MainActor
    private static func table(_ brokers: [String], deadline: Duration) async throws {
        print(row("", "delivered", "told", "counted", "no word"))
        for ending in Losses.Ending.allCases {
            let result = try await Losses.row(ending, brokers, deadline: deadline)
            print(row(ending.rawValue, result.delivered, result.told, result.counted, result.unaccounted))
        }
    }

    private static func row(_ title: String, _ cells: Any...) -> String {
        title.padding(toLength: 40, withPad: " ", startingAt: 0)
            + cells.map { cell in String(repeating: " ", count: max(0, 11 - "\(cell)".count)) + "\(cell)" }.joined()
    }

    @MainActor
    private static func leaks(_ brokers: [String], _ cluster: MockCluster?) async throws {
        #if os(Linux)
        for closes in [true, false] {
            let left = try await Leaks.difference(lives: 30, messages: 1_000, closes: closes, brokers: brokers)
            print("30 producers \(closes ? "closed" : "dropped with messages under way"):", terminator: " ")
            // Fewer is no leak either.
            let (descriptors, threads) = (max(0, left.descriptors), max(0, left.threads))
            print("\(descriptors) descriptors, \(threads) threads and \(max(0, left.bytes >> 10)) KiB more")
        }
        #else
        print("only Linux tells what a process holds")
        #endif
    }

    @MainActor
    private static func traps(_ brokers: [String], _ cluster: MockCluster?) async throws {
        let producer = try await AsyncProducer(.init(bootstrapServers: brokers))
        let messages = [ProducerMessage(topic: "not a topic", value: "x")]
        print("thrown out of a closure:", TypedErrors.lost(messages, producer))
        print("out of one that says what it throws:", TypedErrors.kept(messages, producer))
        print("out of a task group:", await TypedErrors.deliverAll(messages, producer))
        try await producer.close()
        let (inherited, detached) = try await MainActorTasks.read(10, brokers: brokers)
        print("read while the main thread was busy: \(inherited) by a task, \(detached) by a detached one")
    }
}
