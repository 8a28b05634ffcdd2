// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Asks the system how it is.
struct Sampler {
    private var last: ProcessorTimes?

    mutating func sample() -> Sample {
        var sample = Sample(time: Int64(Date().timeIntervalSince1970 * 1000))
        var loads = [0.0, 0, 0]
        if getloadavg(&loads, 3) > 0 { sample.load = loads[0] }
        #if os(Linux)
        if let text = Self.read("/proc/stat"), let times = ProcessorTimes(stat: text) {
            sample.processor = last.flatMap { times.use(since: $0) }
            last = times
        }
        if let text = Self.read("/proc/meminfo") {
            sample.memoryTotal = Self.bytes("MemTotal", in: text)
            sample.memoryAvailable = Self.bytes("MemAvailable", in: text)
        }
        #else
        sample.memoryTotal = Int64(clamping: ProcessInfo.processInfo.physicalMemory)
        #endif
        return sample
    }

    private static func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    /// A line of `/proc/meminfo`, such as `MemTotal:  16303428 kB`.
    static func bytes(_ name: String, in text: String) -> Int64? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("\(name):") }) else { return nil }
        let words = line.split(separator: " ")
        guard words.count == 3, words[2] == "kB", let number = Int64(words[1]) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1024)
        return overflow ? nil : bytes
    }
}
