// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import Foundation
import Testing

@testable import LineIngest

@Suite(.timeLimit(.minutes(5))) struct OddClientsTests {
    /// A thousand at once, of every kind, four times: afterwards the process holds what it held before.
    @Test(.enabled(if: raiseDescriptorLimit() >= 3_000, "a thousand clients and their server need 3,000 descriptors"))
    func aThousandLeaveNothingBehind() async throws {
        var limits = Limits()
        limits.lineBytes = 1_000
        limits.connections = 2_000
        // One broker, so that the producer has all its connections after the first round.
        try await Fixture.run(limits: limits, brokers: 1) { fixture in
            var before: Resources?
            for round in 0..<4 {
                try await fixture.client { try oddClients(1_000, of: fixture) }
                #expect(await eventually { fixture.counters.connections == 0 })
                try await fixture.server.shared.producer.flush()
                // It still serves.
                let answer = try await fixture.client { () -> String? in
                    let client = try Client(port: fixture.port)
                    try client.send("still there?\n")
                    return try client.readLine()
                }
                #expect(answer?.hasPrefix("ok ") == true)
                #expect(await eventually { fixture.counters.connections == 0 })
                // The first round fills pools, and the first sleep of a process opens a timer.
                if round == 0 {
                    try await Task.sleep(for: .milliseconds(10))
                    before = Resources()
                }
            }
            let start = try #require(before)
            // Threads of the runtime's pools come and go.
            #expect(await eventually { Resources().descriptors <= start.descriptors })
            #expect(await eventually { Resources().threads <= start.threads })
            let end = Resources()
            print("before \(start), after three thousand clients more \(end)")
            #expect(end.descriptors == start.descriptors)
            #expect(end.threads <= start.threads)
            // The mock cluster keeps the records in this process. A kilobyte more for each client would fail.
            #expect(end.memory < start.memory + 3 << 20)
        }
    }
}

/// Connects all of them, and only then lets each do what it does.
private func oddClients(_ count: Int, of fixture: Fixture) throws {
    var clients: [Client] = []
    for number in 0..<count {
        clients.append(try number % 2 == 0 ? Client(port: fixture.port) : Client(path: fixture.path))
    }
    let end = ContinuousClock.now + .seconds(20)
    while fixture.counters.connections < count, ContinuousClock.now < end { usleep(1_000) }
    #expect(fixture.counters.connections == count)
    for (number, client) in clients.enumerated() {
        switch number / 2 % 10 {
        case 0: break
        case 1: try client.send("one\ntwo\n")
        case 2: try client.send("half a li")
        case 3: try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        case 4: try client.send([UInt8](repeating: 0xff, count: 5_000))
        case 5: try client.send([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 10, 10, 13, 10, 0])
        case 6: try client.send(String(repeating: "\n", count: 200))
        case 7: try client.send(String(repeating: "!stats\n", count: 50))
        case 8:
            try client.send("reset me\nand this")
            client.resetAtClose()
        default: try client.send("whole\n")
        }
    }
    // Some read their answers, some end their input first, most just go away.
    for (number, client) in clients.enumerated() {
        switch number / 2 % 10 {
        case 1:
            client.endInput()
            #expect(try client.readAll().count == 2)
        case 2:
            client.endInput()
            #expect(try client.readAll().first?.hasPrefix("error unfinished") == true)
        case 3: #expect(try client.readLine() == "HTTP/1.1 400 Bad Request\r")
        case 9: #expect(try client.readLine()?.hasPrefix("ok ") == true)
        default: break
        }
    }
}

/// What the process holds, as the system counts it.
struct Resources: CustomStringConvertible {
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
    /// The second number of the file, in pages.
    let memory: Int = {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }()

    var description: String { "\(descriptors) descriptors, \(threads) threads, \(memory >> 10) KiB resident" }
}
#endif
