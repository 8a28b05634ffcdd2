// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Lives by the thousand, some hundreds to a process.
struct LivesRun {
    /// Where the processes live, in turn.
    let places: [String]
    let options: Options
    let count: Int
    private static let livesOfAProcess = 250

    func run() async throws -> Bool {
        let start = ContinuousClock.now
        var failures = 0
        var ended = Array(repeating: 0, count: places.count)
        let first = options.firstLife
        var (next, process) = (first, 0)
        while next < first + count {
            let numbers = next..<min(next + Self.livesOfAProcess, first + count)
            next = numbers.upperBound
            let place = process % places.count
            process += 1
            let result = try await run(numbers, places[place])
            ended[place] += result.ended
            failures += result.failures
            let counts = ended.map { "\($0)" }.joined(separator: " + ")
            let seconds = (ContinuousClock.now - start).components.seconds
            say("soak: \(counts) lives ended, \(failures) failed, \(seconds) s")
        }
        return failures == 0 && ended.reduce(0, +) == count
    }

    private func run(_ numbers: Range<Int>, _ servers: String) async throws -> (ended: Int, failures: Int) {
        let client = try ClientProcess(
            ["lives", servers, "\(numbers.lowerBound)", "\(numbers.count)"] + options.properties
        )
        var (ended, failures) = (0, 0)
        for await line in client.lines {
            switch line.prefix(while: { $0 != " " }) {
            case "ended": ended += 1
            case "failed":
                failures += 1
                say(line)
            case "stalled":
                say(line)
                failures += 1
                // Others of the same process may go on; their stacks are in the same picture.
                say(client.stacks())
                client.kill()
            default: say(line)
            }
        }
        let status = client.status()
        if status != 0, failures == 0 {
            failures += 1
            say("soak: the process of lives \(numbers) ended with \(status)")
        }
        return (ended, failures)
    }
}
