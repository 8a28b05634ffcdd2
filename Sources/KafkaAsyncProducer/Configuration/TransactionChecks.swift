// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// Checks what transactions need, under whichever name it was given.
    func checkTransactions() throws(KafkaError) {
        guard let id = librdkafkaProperty("transactional.id") else { return }
        func refuse(_ message: String) -> KafkaError { failure(id, message) }
        if id.value.isEmpty {
            throw refuse("\(id.shownName) is empty: name the producer, or leave it out for one without transactions")
        }
        if id.value.utf8.contains(0) { throw refuse("\(id.shownName) holds a NUL character") }
        // A string of Kafka's has its length in 16 bits.
        if id.value.utf8.count > Int(Int16.max) {
            throw refuse("\(id.shownName) has \(id.value.utf8.count) bytes, the limit is \(Int16.max)")
        }
        if let property = librdkafkaProperty("enable.idempotence"), property.value == "false" {
            throw refuse("\(id.shownName) needs idempotence, and \(shown(property)): leave one of them out")
        }
        if let property = librdkafkaProperty("acks"), !["all", "-1"].contains(property.value) {
            throw refuse("\(id.shownName) needs all replicas, and \(shown(property)): leave one of them out")
        }
    }
}
