// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@Suite struct RecoveryConfigurationTests {
    typealias Configuration = AsyncProducer.Configuration

    private func refusal(_ change: (inout Configuration) -> Void) -> String {
        var configuration = Configuration(bootstrapServers: ["localhost:9092"])
        change(&configuration)
        let error = #expect(throws: KafkaError.self) { try configuration.effectiveProperties() }
        #expect(error?.code == .invalidConfiguration)
        return error?.message ?? ""
    }

    @Test(arguments: [0, -1, Int.min, 10_001, Int.max])
    func aLimitThatCannotBeIsNamed(limit: Int) {
        let message = refusal { $0.recovery = .restart(limit: limit) }
        #expect(message.contains("recovery has the limit \(limit)"))
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .nanoseconds(-1), .seconds(Int64.min), .seconds(Int64.max)])
    func aPeriodThatCannotBeIsNamed(period: Duration) {
        #expect(refusal { $0.recovery = .restart(within: period) }.contains("recovery has the period"))
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(Int64.max)])
    func aBoundOfStallingThatCannotBeIsNamed(bound: Duration) {
        #expect(refusal { $0.health.stalledAfter = bound }.contains("health.stalledAfter"))
    }

    @Test func transactionsAndRecoveryDoNotGoTogether() {
        let message = refusal {
            $0.recovery = .restart()
            $0.transactionalID = "orders-1"
        }
        #expect(message.contains("recovery") && message.contains("transactionalID"))
    }

    @Test func everySettingHasItsNameInFilesAndVariables() throws {
        var properties = try Configuration.Properties(
            parsing: """
                bootstrap.servers = localhost:9092
                recovery = restart
                recovery.limit = 7
                recovery.within.ms = 90000
                health.stalled.after.ms = 1500
                """,
            source: "test.conf"
        )
        #expect(try Configuration(properties).recovery == .restart(limit: 7, within: .seconds(90)))
        properties.merge(Configuration.Properties(environment: ["KAFKA_RECOVERY_MAY_DUPLICATE": "TRUE"]))
        let configuration = try Configuration(properties)
        #expect(configuration.recovery == .restart(limit: 7, within: .seconds(90), mayDuplicate: true))
        #expect(configuration.health.stalledAfter == .milliseconds(1_500))
        // librdkafka gets none of them.
        #expect(configuration.librdkafka.isEmpty)
        // Somebody else's file can be turned off whole.
        properties.merge(Configuration.Properties(environment: ["KAFKA_RECOVERY": "none"]))
        #expect(try Configuration(properties).recovery == .none)
        let known = Set(Configuration.knownProperties.map(\.name))
        #expect(known.isSuperset(of: ["recovery", "recovery.limit", "recovery.within.ms", "health.stalled.after.ms"]))
    }

    @Test(arguments: [
        ("recovery=on", "write none or restart"), ("recovery.limit=3", "write recovery=restart"),
        ("recovery=restart\nrecovery.limit=0", "1 to 10000"), ("recovery=restart\nrecovery.limit=1e3", "plain number"),
        ("recovery=restart\nrecovery.within.ms=0", "1 to 2147483647"),
        ("recovery=restart\nrecovery.within.ms=-5", "plain number"),
        ("recovery=restart\nrecovery.may.duplicate=yes", "true or false"),
        ("recovery=restart\nrecovery.limits=3", "did you mean \"recovery.limit\""),
        ("health.stalled.after.ms=0", "1 to 2147483647"),
    ])
    func aValueThatCannotBeIsSaidWithItsLine(text: String, reason: String) throws {
        let properties = try Configuration.Properties(parsing: text, source: "test.conf")
        let error = #expect(throws: KafkaError.self) { try Configuration(properties) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.hasPrefix("test.conf:\(text.split(separator: "\n").count): ") == true)
        #expect(error?.message.contains(reason) == true)
    }
}
