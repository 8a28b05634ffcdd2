// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit

/// One long life under faults.
struct LoadRun {
    let servers: String
    let cluster: MockCluster?
    let options: Options
    let seconds: Int

    func run() async throws -> Bool {
        let client = try ClientProcess(["load", servers, "\(seconds)", "\(options.rate)"] + options.properties)
        // A minute or more without a fault lets the last messages go.
        let faults = Task { [cluster, seconds] in
            if let cluster { await disturb(cluster, for: .seconds(seconds - min(10, seconds / 4))) }
        }
        let limit = ContinuousClock.now + .seconds(seconds + 90)
        let watchdog = Task {
            try await Task.sleep(until: limit)
            say("soak: it does not end\n\(client.stacks())")
            client.kill()
        }
        defer { watchdog.cancel() }
        var samples: [Sample] = []
        var isKept = false
        for await line in client.lines {
            say(line)
            if let sample = Sample(line: line) { samples.append(sample) }
            if line.hasPrefix("ended ") { isKept = true }
        }
        faults.cancel()
        await faults.value
        let isGood = client.status() == 0 && isKept
        return Slopes(samples).report() && isGood
    }
}

/// Random faults of a mock cluster, each under a second and a half, with hardly a pause.
func disturb(_ cluster: MockCluster, for duration: Duration) async {
    let end = ContinuousClock.now + duration
    let brokers = Int32(cluster.bootstrapServers.count)
    while ContinuousClock.now < end, !Task.isCancelled {
        let broker = Int32.random(in: 1...brokers)
        let length = Duration.milliseconds(Int.random(in: 5...1_400))
        switch Int.random(in: 0..<5) {
        case 0:
            try? await cluster.brokerDown(broker)
            try? await Task.sleep(for: length)
            try? await cluster.brokerUp(broker)
        case 1, 2:
            try? await cluster.moveLeader(topic: "soak", partition: Int32.random(in: 0..<12), to: broker)
        case 3:
            let codes: [KafkaError.Code] = [
                .notLeaderOrFollower, .leaderNotAvailable, .notEnoughReplicas, .kafkaStorageError, .transport,
            ]
            try? await cluster.failNext(.produce, with: codes.shuffled())
        default:
            try? await cluster.setRoundTripTime(.milliseconds(Int.random(in: 1...200)), broker: broker)
            try? await Task.sleep(for: length)
            try? await cluster.setRoundTripTime(.zero)
        }
        try? await Task.sleep(for: .milliseconds(Int.random(in: 50...800)))
    }
    try? await cluster.brokerUp()
    try? await cluster.setRoundTripTime(.zero)
}
