// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension AsyncProducer {
    /// What it is at, for people who wonder why a run stands still.
    var stateLines: [String] { debugDescription.split(separator: "\n").map { printable(String($0), limit: 500) } }
}
