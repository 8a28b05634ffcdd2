// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@testable import kprod

@Suite struct RunPlanTests {
    private let drain = Duration.seconds(10)

    @Test func theEndOfTheInputCloses() {
        var plan = RunPlan(drainTimeout: drain, endTimeout: nil)
        #expect(plan.receive(.feedEnded) == [.close])
        var limited = RunPlan(drainTimeout: drain, endTimeout: .seconds(1))
        #expect(limited.receive(.feedEnded) == [.close, .startTimer(.seconds(1))])
        #expect(limited.receive(.deadlinePassed) == [.announceDrop("the time to drain is over"), .drop])
        #expect(limited.deadlinePassed)
    }

    @Test func aSignalDrainsAndTheNextDrops() {
        var plan = RunPlan(drainTimeout: drain, endTimeout: .seconds(60))
        #expect(plan.receive(.signal(15)) == [.stopReading, .announceDrain(drain), .startTimer(drain)])
        #expect(plan.receive(.feedEnded) == [.close])
        #expect(plan.receive(.signal(2)) == [.announceDrop("interrupted again"), .drop])
        #expect(plan.receive(.deadlinePassed) == [])
        #expect(plan.signal == 2)
        #expect(!plan.deadlinePassed)
    }

    @Test func aSignalDuringTheLastDrainLimitsIt() {
        var plan = RunPlan(drainTimeout: drain, endTimeout: nil)
        _ = plan.receive(.feedEnded)
        #expect(plan.receive(.signal(15)) == [.stopReading, .announceDrain(drain), .startTimer(drain)])
    }

    @Test func givingUpDropsAlsoWhatIsClosedLater() {
        var plan = RunPlan(drainTimeout: drain, endTimeout: nil)
        let reason = ToolError(.unavailable, "no broker")
        #expect(plan.receive(.gaveUp(reason)) == [.stopReading, .drop])
        #expect(plan.receive(.gaveUp(reason)) == [])
        #expect(plan.receive(.feedEnded) == [.close, .drop])
        #expect(plan.reasons == [reason])
    }

    @Test func theLargestStatusWinsAndASignalAboveAll() {
        var account = Account()
        var plan = RunPlan(drainTimeout: drain, endTimeout: .zero)
        #expect(Verdict.ending(account, [], plan, []) == .status(.success))
        account.read = 2
        account.failed = 1
        account.delivered = 1
        #expect(Verdict.ending(account, [.messageTimedOut], plan, []) == .status(.someFailed))
        #expect(Verdict.ending(account, [.topicAuthorizationFailed], plan, []) == .status(.refused))
        #expect(Verdict.ending(account, [], plan, [ToolError(.noInput, "")]) == .status(.noInput))
        account.delivered = 0
        #expect(Verdict.ending(account, [], plan, []) == .status(.software))
        account.undelivered = 1
        #expect(Verdict.ending(account, [.unknownTopic], plan, []) == .status(.unavailable))
        _ = plan.receive(.deadlinePassed)
        #expect(Verdict.ending(account, [.unknownTopic], plan, []) == .status(.deadline))
        _ = plan.receive(.signal(15))
        #expect(Verdict.ending(account, [.unknownTopic], plan, []) == .signal(15))
    }
}
