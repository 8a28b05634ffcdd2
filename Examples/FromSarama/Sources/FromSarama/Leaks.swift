// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import Foundation
import KafkaAsyncProducer

/// What this process holds, as Linux counts it.
struct Resources: Sendable {
    var descriptors = 0
    var threads = 0
    var bytes = 0

    static func now() -> Resources {
        func count(_ folder: String) -> Int {
            (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
        }
        // The second number is the memory in use, in pages.
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        let resident = pages?.dropFirst().first.flatMap { Int($0) } ?? 0
        return Resources(
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
            bytes: resident * sysconf(Int32(_SC_PAGESIZE))
        )
    }
}

/// Lives of producers, one after the other, and what is left of them.
enum Leaks {
    /// - Parameter closes: Whether each is closed, or only let go of: no goroutine or thread is left in either case.
    static func difference(
        lives: Int,
        messages: Int,
        closes: Bool,
        brokers: [String]
    ) async throws -> Resources {
        // The first lives fill pools and start the runtime's threads.
        for _ in 0..<5 { try await live(messages, closes: closes, brokers) }
        let before = await settled(.max)
        for _ in 0..<lives { try await live(messages, closes: closes, brokers) }
        let after = await settled(before.threads)
        return Resources(
            descriptors: after.descriptors - before.descriptors,
            threads: after.threads - before.threads,
            bytes: after.bytes - before.bytes
        )
    }

    private static func live(_ messages: Int, closes: Bool, _ brokers: [String]) async throws {
        var configuration = AsyncProducer.Configuration(bootstrapServers: brokers)
        // Each that is dropped would warn.
        configuration.logHandler = { _ in }
        let producer = try await AsyncProducer(configuration)
        for number in 0..<messages {
            try await producer.input.send(ProducerMessage(topic: "orders", value: "order \(number)"))
        }
        // Dropped with messages under way in the other case.
        if closes { try await producer.close() }
    }

    /// Connections and threads end a moment after the producer has: wait until their number stays the same.
    private static func settled(_ threads: Int) async -> Resources {
        var last = Resources.now()
        var since = ContinuousClock.now
        let end = since + .seconds(20)
        while ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(100))
            let now = Resources.now()
            if now.threads != last.threads || now.descriptors != last.descriptors { since = .now }
            last = now
            if ContinuousClock.now - since > .seconds(1), now.threads <= threads { break }
        }
        return last
    }
}
#endif
