// SPDX-License-Identifier: Apache-2.0

import RDKafka
import Testing

@Suite struct ClientPropertiesTests {
    @Test func whatIsSetIsReadBackInLibrdkafkasSpelling() {
        var properties = ClientProperties()
        #expect(properties.set("linger.ms", "20") == .ok)
        #expect(properties.value(of: "queue.buffering.max.ms") == "20")
        #expect(properties.set("acks", "all") == .ok)
        #expect(properties.value(of: "acks") == "-1")
        #expect(properties.set("batch.size", "10MB") == .ok)
        #expect(properties.value(of: "batch.size") == "10")
    }

    @Test func whatIsRefusedSaysWhy() {
        var properties = ClientProperties()
        #expect(properties.set("no.such.property", "1") == .unknownName)
        #expect(properties.value(of: "no.such.property") == nil)
        guard case .invalidValue(let reason) = properties.set("compression.codec", "brotli") else {
            Issue.record("a codec that does not exist was taken")
            return
        }
        #expect(reason.contains("brotli"))
    }

    @Test func allNamesHoldGlobalAndTopicProperties() {
        let names = ClientProperties.allNames
        #expect(names.contains("bootstrap.servers") && names.contains("message.timeout.ms"))
    }

    @Test func aConflictIsReportedByTheClient() {
        var properties = ClientProperties()
        _ = properties.set("enable.idempotence", "true")
        _ = properties.set("acks", "1")
        do throws(Client.CreationError) {
            _ = try Client(properties)
            Issue.record("the client was made")
        } catch {
            #expect(error.reason.contains("acks"))
        }
    }
}
