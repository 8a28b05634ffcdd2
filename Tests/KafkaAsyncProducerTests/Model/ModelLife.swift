// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// The life of a plan's producer, from its first task to the last outcome.
struct ModelLife {
    let plan: ModelPlan
    let account: ModelAccount
    let cluster: MockCluster

    /// The last snapshot; nil when the producer was dropped and nobody can ask it any more.
    func run() async throws -> Statistics? {
        try await cluster.failTopic(ModelSetting.missingTopic, with: .unknownTopicOrPartition)
        var configuration = plan.setting.configuration(cluster.bootstrapServers)
        if !plan.setting.isTransactional {
            configuration.recovery = .restart(
                limit: 10_000,
                within: .milliseconds(1),
                mayDuplicate: plan.mayDuplicate
            )
        }
        if plan.ending == .scope { return await runScope(configuration) }
        if plan.ending == .drop {
            // Nobody but the callee may hold it.
            await runDropped(try await AsyncProducer(configuration))
            return nil
        }
        return await runKept(try await AsyncProducer(configuration))
    }

    /// Starts all tasks and waits for them, but not longer than the plan says.
    private func perform(_ producer: AsyncProducer) async -> [Task<Void, Never>] {
        account.watch(producer)
        let tasks = (plan.actors + [plan.faults]).enumerated().map { index, actions in
            let actor = ModelActor(.init(sender: index), account: account, cluster: cluster)
            return Task { await actor.perform(actions, producer) }
        }
        let sampler = Task { await account.sample(producer) }
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let all = Task {
            for task in tasks { await task.value }
            end.finish()
        }
        let clock = Task {
            try? await Task.sleep(for: plan.duration)
            end.finish()
        }
        for await _ in ends {}
        clock.cancel()
        if plan.cancelsActors { for task in tasks.dropLast() { task.cancel() } }
        await tasks.last?.value
        sampler.cancel()
        await sampler.value
        if plan.healsBeforeEnding { await cluster.heal(plan.disturbances) }
        return tasks.dropLast() + [all]
    }

    private func runKept(_ producer: AsyncProducer) async -> Statistics {
        let tasks = await perform(producer)
        let closer = ModelActor(.init(sender: plan.actors.count + 1), account: account, cluster: cluster)
        if plan.ending == .asyncClose {
            account.beginClosing()
            producer.asyncClose()
            async let successes: Void = closer.read(.successes, .max, [], producer)
            async let errors: Void = closer.read(.errors, .max, [], producer)
            _ = await (successes, errors)
            if plan.isEndingDisturbed { await closer.close(nil, producer) }
        } else {
            await withTaskGroup { group in
                for (index, deadline) in plan.deadlines.enumerated() {
                    group.addTask {
                        let close = ModelAction.close(deadline)
                        let isCancelled = plan.isEndingDisturbed && index == 0
                        await closer.perform(isCancelled ? .cancelled(close, after: .milliseconds(1)) : close, producer)
                    }
                }
            }
        }
        for task in tasks { await task.value }
        // A task that left its loop half way after the streams' end has given back what is left for whoever reads next.
        await closer.read(.successes, .max, [], producer)
        await closer.read(.errors, .max, [], producer)
        return await last(of: producer)
    }

    /// All of it has its end when nobody holds the producer any more.
    private func runDropped(_ producer: consuming AsyncProducer) async {
        let (successes, errors) = (producer.successes, producer.errors)
        do {
            let tasks = await perform(producer)
            for task in tasks {
                task.cancel()
                await task.value
            }
        }
        account.check(producer.statistics)
        account.beginClosing()
        _ = consume producer
        async let delivered: Void = { for await element in successes { account.read(element) } }()
        async let failed: Void = { for await error in errors { account.read(error) } }()
        _ = await (delivered, failed)
    }

    private func runScope(_ configuration: AsyncProducer.Configuration) async -> Statistics? {
        let (body, bodyEnd) = AsyncStream.makeStream(of: Void.self)
        let scope = Task {
            defer { bodyEnd.finish() }
            return await live(in: configuration) {
                bodyEnd.finish()
                // Until it is cancelled: the close then drops what is not delivered yet.
                if plan.cancelsActors { for await _ in AsyncStream<Void>.makeStream().stream {} }
            }
        }
        for await _ in body {}
        if plan.cancelsActors { scope.cancel() }
        guard let producer = await scope.value else { return nil }
        return await last(of: producer)
    }

    /// Lives in a `withProducer`, calls `end` last, and leaves by returning or by an error; returns what it was given.
    private func live(
        in configuration: AsyncProducer.Configuration,
        _ end: () async -> Void
    ) async -> AsyncProducer? {
        struct Left: Error {}
        var inside: AsyncProducer?
        do {
            try await AsyncProducer.withProducer(configuration) { producer in
                inside = producer
                let tasks = await perform(producer)
                account.beginClosing()
                for task in tasks {
                    task.cancel()
                    await task.value
                }
                await end()
                if plan.isEndingDisturbed { throw Left() }
            }
            account.expect(!plan.isEndingDisturbed, "withProducer hid an error of its body")
        } catch is Left {
            account.expect(plan.isEndingDisturbed, "withProducer threw an error of nobody's")
        } catch let error as CloseError {
            account.expect(!plan.isEndingDisturbed, "the error of the close hid the body's: \(error)")
            account.note(.init(result: .failure(error), deadline: .seconds(30), elapsed: .zero, isCancelled: false))
        } catch {
            account.finding("withProducer threw \(error)")
        }
        return inside
    }

    /// A closed producer refuses everything and waits for nothing.
    private func last(of producer: AsyncProducer) async -> Statistics {
        let actor = ModelActor(.init(sender: plan.actors.count + 2), account: account, cluster: cluster)
        // A reader whom the close found at work may have left since: the rest is for whoever comes next.
        await actor.read(.errors, .max, [], producer)
        let statistics = producer.statistics
        await actor.flush(.zero, producer)
        await actor.close(.zero, producer)
        await actor.transactionInVain(producer)
        producer.abort()
        producer.asyncClose()
        for reader in ModelReader.allCases { await actor.read(reader, .max, [], producer) }
        let later = producer.statistics
        account.expect(later == statistics, "it changed after the end, from \(statistics) to \(later)")
        account.check(producer.statistics)
        return producer.statistics
    }
}
