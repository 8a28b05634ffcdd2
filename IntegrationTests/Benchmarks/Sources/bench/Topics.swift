// SPDX-License-Identifier: Apache-2.0

import CBaseline
import Scenarios

/// The topics of the scenarios. Mock brokers have theirs from the start.
struct Topics {
    let brokers: String
    let place: Place

    func create(_ scenario: Scenario) throws {
        guard place.isReal else { return }
        // The broker that falls silent is to lead known partitions.
        let leaders = place == .hung ? Silence.brokers : 0
        try administrate { error, size in
            cbaseline_create_topics(
                brokers,
                scenario.topicPrefix,
                Int32(scenario.topics),
                Int32(scenario.partitions),
                Int32(leaders),
                error,
                size
            )
        }
    }

    func delete(_ scenario: Scenario) throws {
        guard place.isReal else { return }
        try administrate { error, size in
            cbaseline_delete_topics(brokers, scenario.topicPrefix, Int32(scenario.topics), error, size)
        }
    }

    /// How many messages were ever written to the first topic.
    func logEnd(_ scenario: Scenario) throws -> Int {
        var end = 0
        try administrate { error, size in
            end = cbaseline_log_end(brokers, scenario.topicNames[0], Int32(scenario.partitions), error, size)
            return end < 0 ? -1 : 0
        }
        return end
    }

    private func administrate(_ body: (UnsafeMutablePointer<CChar>?, Int) -> Int32) throws {
        var error = [CChar](repeating: 0, count: 512)
        let status = error.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count) }
        guard status == 0 else {
            throw BenchError(String(decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }
}
