// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization
import Testing

@testable import GracefulService

@Suite(.timeLimit(.minutes(1)))
struct LinesTests {
    @Test func aCancelledReaderDoesNotLoseTheLineThatComesLater() async throws {
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let number = Atomic(0)
        let lines = Lines {
            entered.signal()
            gate.wait()
            return "line \(number.add(1, ordering: .relaxed).newValue)"
        }
        let first = Task { await lines.next() }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                entered.wait()
                continuation.resume()
            }
        }
        first.cancel()
        #expect(await first.value == nil)
        gate.signal()
        #expect(await lines.next() == "line 1")
        gate.signal()
        #expect(await lines.next() == "line 2")
    }

    @Test func aTaskThatIsCancelledAlreadyDoesNotWait() async {
        let gate = DispatchSemaphore(value: 0)
        let lines = Lines {
            gate.wait()
            return nil
        }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await lines.next()
        }
        #expect(await task.value == nil)
        gate.signal()
    }
}
