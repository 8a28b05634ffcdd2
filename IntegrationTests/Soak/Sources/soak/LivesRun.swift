// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Lives by the thousand, some hundreds to a process.
struct LivesRun {
    let servers: String
    let options: Options
    let count: Int
    private static let livesOfAProcess = 250

    func run() async throws -> Bool {
        let start = ContinuousClock.now
        var (ended, failures) = (0, 0)
        let first = options.firstLife
        var next = first
        while next < first + count {
            let numbers = next..<min(next + Self.livesOfAProcess, first + count)
            next = numbers.upperBound
            let result = try await run(numbers)
            ended += result.ended
            failures += result.failures
            say(
                "soak: \(ended) lives ended, \(failures) failed, \((ContinuousClock.now - start).components.seconds) s"
            )
        }
        return failures == 0 && ended == count
    }

    private func run(_ numbers: Range<Int>) async throws -> (ended: Int, failures: Int) {
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
