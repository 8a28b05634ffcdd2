// SPDX-License-Identifier: Apache-2.0

import CMeasure
import KafkaAsyncProducer
import Scenarios

/// What a reader saw.
struct Reading: Sendable {
    /// And what it cost to send it.
    var sending = SendingCost()
    var seen = 0
    /// So that every element is looked at, as a user's loop does.
    var offsetSum: Int64 = 0
    var metadataSum = 0
    var last: DeliveredMessage?
    /// One per message by its number, when timed; negative when it was not delivered.
    var latencies: [Int64] = []

    func sent(_ sending: SendingCost) -> Reading {
        var reading = self
        reading.sending = sending
        return reading
    }
}

extension SwiftClient {
    /// Reads `count` outcomes.
    func read(_ count: Int, _ timing: Timing?) async -> Reading {
        if let timing { return await readTimed(count, upTo: count, timing) }
        switch run.scenario.reading {
        case .elements:
            if case .metadata = run.scenario.attachment { return await readMetadata(count) }
            return await readElements(count)
        case .batches: return await readBatches(count)
        case .last: return await readLast(count)
        case .errors: return await readErrors()
        }
    }

    private func readElements(_ count: Int) async -> Reading {
        var reading = Reading()
        for await message in producer.successes {
            reading.offsetSum &+= message.offset ?? 0
            reading.seen += 1
            if reading.seen == count { break }
        }
        return reading
    }

    private func readMetadata(_ count: Int) async -> Reading {
        var reading = Reading()
        for await message in producer.successes {
            reading.offsetSum &+= message.offset ?? 0
            reading.metadataSum &+= message.metadata as? Int ?? 0
            reading.seen += 1
            if reading.seen == count { break }
        }
        return reading
    }

    private func readBatches(_ count: Int) async -> Reading {
        var reading = Reading()
        for await batch in producer.successes.batches {
            reading.offsetSum &+= batch.last?.offset ?? 0
            reading.seen += batch.count
            if reading.seen >= count { break }
        }
        return reading
    }

    private func readLast(_ count: Int) async -> Reading {
        var reading = Reading()
        for await message in producer.successes {
            reading.offsetSum &+= message.offset ?? 0
            reading.last = message
            reading.seen += 1
            if reading.seen == count { break }
        }
        return reading
    }

    /// Reads until it is cancelled.
    private func readErrors() async -> Reading {
        for await error in producer.errors { print(error) }
        return Reading()
    }
}
