// SPDX-License-Identifier: Apache-2.0

/// What the watched process held at a moment.
struct Sample {
    let seconds: Double
    let residentMiB: Double
    let threads: Double
    let descriptors: Double
    let failed: Int
    let slowestMilliseconds: Int

    /// A line `sample SECONDS RESIDENT THREADS DESCRIPTORS SUCCEEDED FAILED BUFFERED SLOWEST`.
    init?(line: String) {
        let fields = line.split(separator: " ")
        let numbers = fields.dropFirst().compactMap { Int($0) }
        guard fields.first == "sample", numbers.count == 8 else { return nil }
        seconds = Double(numbers[0])
        residentMiB = Double(numbers[1]) / 1_048_576
        threads = Double(numbers[2])
        descriptors = Double(numbers[3])
        failed = numbers[5]
        slowestMilliseconds = numbers[7]
    }
}

/// How it went with time, by least squares; the first third fills pools and caches and does not count.
struct Slopes {
    private let samples: [Sample]

    init(_ samples: [Sample]) { self.samples = Array(samples.dropFirst(samples.count / 3)) }

    /// Prints it, and says whether it stays flat.
    func report() -> Bool {
        guard let last = samples.last, samples.count >= 3 else {
            say("soak: too short for a slope")
            return true
        }
        let memory = slope(\.residentMiB)
        let threads = slope(\.threads)
        let descriptors = slope(\.descriptors)
        let slowest = samples.map(\.slowestMilliseconds).max() ?? 0
        say(
            """
            soak: per minute: \(rounded(memory)) MiB of memory, \(rounded(threads)) threads, \
            \(rounded(descriptors)) descriptors; at the end \(rounded(last.residentMiB)) MiB; \
            \(last.failed) failed; the slowest took \(slowest) ms
            """
        )
        // What a run of minutes can tell from noise.
        let minutes = (last.seconds - samples[0].seconds) / 60
        return memory * minutes < 8 && threads * minutes < 4 && descriptors * minutes < 8
    }

    /// Per minute.
    private func slope(_ value: (Sample) -> Double) -> Double {
        let count = Double(samples.count)
        let meanTime = samples.reduce(0) { $0 + $1.seconds } / count
        let mean = samples.reduce(0) { $0 + value($1) } / count
        let products = samples.reduce(0) { $0 + ($1.seconds - meanTime) * (value($1) - mean) }
        let squares = samples.reduce(0) { $0 + ($1.seconds - meanTime) * ($1.seconds - meanTime) }
        return squares > 0 ? products / squares * 60 : 0
    }

    private func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}
