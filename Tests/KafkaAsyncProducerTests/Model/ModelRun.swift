// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Random lives of one kind, some of them at a time, each under a watchdog.
///
/// `MODEL_RUNS` is how many. A failure prints its seed and all that the plan does; `MODEL_SEED` makes that plan again,
/// `MODEL_RUNS` times: what happens between its tasks is not in the seed.
enum ModelRun {
    /// Most of a life is waiting.
    private static let parallelLives = 16
    /// Longer than any wait of a plan.
    private static let patience = Duration.seconds(60)
    /// Nobody reads more.
    private static let maximumFailures = 20

    static func live(isTransactional: Bool, count standard: Int) async {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["MODEL_SEED"].flatMap { UInt64($0) }
        let count = environment["MODEL_RUNS"].flatMap { Int($0) } ?? (seed == nil ? standard : 1)
        let first = UInt64.random(in: 0..<1 << 48)
        var plans = (0..<UInt64(count)).lazy
            .map { ModelPlan(seed: seed ?? first + $0, isTransactional: isTransactional) }.makeIterator()
        var failures = 0
        await withTaskGroup(of: (ModelPlan, [String]).self) { group in
            for _ in 0..<parallelLives {
                guard let plan = plans.next() else { break }
                group.addTask { (plan, await findings(of: plan)) }
            }
            for await (plan, findings) in group {
                if !findings.isEmpty {
                    failures += 1
                    Issue.record("MODEL_SEED=\(plan.seed)\n\(findings.joined(separator: "\n"))\n\(plan)")
                }
                if failures < maximumFailures, let plan = plans.next() {
                    group.addTask { (plan, await Self.findings(of: plan)) }
                }
            }
        }
    }

    /// What is wrong with a life. One that does not end is left to itself.
    private static func findings(of plan: ModelPlan) async -> [String] {
        let account = ModelAccount(plan)
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        Task {
            var isTaken = true
            while isTaken {
                isTaken = false
                do {
                    try await withMockCluster(brokers: plan.setting.brokers, topics: plan.setting.partitions) {
                        cluster in
                        let statistics = try await ModelLife(plan: plan, account: account, cluster: cluster).run()
                        await cluster.heal(plan.disturbances)
                        var log: [MockRecord] = []
                        for topic in plan.setting.topics { log += try await cluster.records(in: topic.name) }
                        ModelVerdict(plan, account).judge(statistics, log: log)
                    }
                } catch let error as KafkaError where error.code == .topicAlreadyExists {
                    // A client of an earlier life still knocks at a port that the system has given again.
                    isTaken = true
                } catch {
                    account.finding("\(error)")
                }
            }
            end.yield(true)
        }
        let watchdog = Task {
            try? await Task.sleep(for: patience)
            end.yield(false)
        }
        let isOver = await ends.first { _ in true } ?? true
        watchdog.cancel()
        return account.contents.findings + (isOver ? [] : ["it does not end: \(account.state)"])
    }
}
