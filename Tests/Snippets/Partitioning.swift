// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func choose() {
    // snippet.choice
    var configuration = AsyncProducer.Configuration(bootstrapServers: ["b1:9092"])
    configuration.partitioning = .java  // the default
    configuration.partitioning = .custom { message, partitionCount in
        message.key?.string == "vip" ? 0 : nil
    }
    // snippet.end
}
