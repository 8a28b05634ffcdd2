// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Lives one after the other, a few at a time: most of a life is waiting.
struct Lives {
    let configuration: AsyncProducer.Configuration
    private static let parallel = 4

    func run(_ numbers: Range<Int>) async throws {
        let watch = Watch()
        watch.start()
        await withTaskGroup { group in
            var rest = numbers
            for _ in 0..<Self.parallel {
                guard let number = rest.popFirst() else { break }
                group.addTask { await live(number, watch) }
            }
            while await group.next() != nil {
                guard let number = rest.popFirst() else { continue }
                group.addTask { await live(number, watch) }
            }
        }
    }

    private func live(_ number: Int, _ watch: Watch) async {
        let life = Life(number: number)
        do {
            try await life.run(configuration, watch)
            say("ended \(number)")
        } catch {
            say("failed \(number) \(life): \(error)")
        }
    }
}
