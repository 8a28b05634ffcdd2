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

    @Test func aDumpHoldsWhatIsSetAndDefaultsOfBothKinds() {
        var properties = ClientProperties()
        let fresh = properties.dump()
        #expect(fresh.contains { $0.name == "message.timeout.ms" && $0.value == "300000" && $0.isTopic })
        #expect(fresh.contains { $0.name == "socket.timeout.ms" && $0.value == "60000" && !$0.isTopic })
        _ = properties.set("message.timeout.ms", "1000")
        _ = properties.set("socket.timeout.ms", "2000")
        let changed = properties.dump()
        #expect(changed.contains { $0.name == "message.timeout.ms" && $0.value == "1000" && $0.isTopic })
        #expect(changed.contains { $0.name == "socket.timeout.ms" && $0.value == "2000" && !$0.isTopic })
        let addresses: Set = ["log_cb", "open_cb", "socket_cb", "default_topic_conf"]
        #expect(addresses.isDisjoint(with: changed.map(\.name)))
    }

    @Test func aConflictIsReportedByTheClient() throws {
        let waker = try #require(Waker())
        var properties = ClientProperties()
        _ = properties.set("enable.idempotence", "true")
        _ = properties.set("acks", "1")
        do throws(Client.CreationError) {
            _ = try Client(properties, waker: waker)
            Issue.record("the client was made")
        } catch {
            #expect(error.reason.contains("acks"))
        }
    }
}
