// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func recover(_ configuration: inout AsyncProducer.Configuration) {
    // snippet.restart
    configuration.recovery = .restart(limit: 3, within: .seconds(60))
    // snippet.end
}
