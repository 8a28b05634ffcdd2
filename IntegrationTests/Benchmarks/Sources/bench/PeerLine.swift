// SPDX-License-Identifier: Apache-2.0

/// The line that a peer prints at its end, such as
/// `franz-go sz=100 N=500000 delivered=500000 failed=0 467810 msg/s cpu_ns/msg=497 rss=69MB p50=4.99 p99=23.68 ms`.
struct PeerLine {
    let result: RunResult

    init(_ output: String) throws {
        guard let line = output.split(separator: "\n").last(where: { $0.contains("delivered=") }) else {
            throw BenchError("a peer printed no result: \(output)")
        }
        let words = line.split(separator: " ")
        func number(_ name: String) -> Double? {
            guard let word = words.first(where: { $0.hasPrefix("\(name)=") }) else { return nil }
            return Double(word.dropFirst(name.count + 1).prefix { $0.isNumber || $0 == "." })
        }
        guard let rate = words.firstIndex(of: "msg/s").flatMap({ Double(words[words.index(before: $0)]) }),
            let sent = number("N"), let delivered = number("delivered"), let failed = number("failed")
        else { throw BenchError("a peer's result cannot be read: \(line)") }
        result = RunResult(
            messagesPerSecond: rate,
            peakResidentMegabytes: number("rss"),
            p50Microseconds: number("p50").map { $0 * 1_000 },
            p99Microseconds: number("p99").map { $0 * 1_000 },
            p999Microseconds: number("p999").map { $0 * 1_000 },
            accepted: Int(sent),
            succeeded: Int(delivered),
            failed: Int(failed),
            seen: Int(delivered)
        )
    }
}
