// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Testing

@testable import kprod

@Suite(.timeLimit(.minutes(1))) struct ChunkChannelTests {
    @Test func handsOverInOrderAndEnds() async {
        let channel = ChunkChannel<Data>()
        DispatchQueue.global().async {
            for byte in UInt8(0)..<100 { #expect(channel.push(Data([byte]))) }
            channel.finish(ToolError(.noInput, "broken"))
        }
        var bytes: [UInt8] = []
        while let chunk = await channel.next() { bytes += chunk }
        #expect(bytes == Array(0..<100))
        #expect(channel.failure == ToolError(.noInput, "broken"))
        #expect(await channel.next() == nil)
    }

    @Test func aStopEndsBothSides() async {
        let channel = ChunkChannel<Data>()
        let refusals = AsyncStream<Bool> { continuation in
            DispatchQueue.global().async {
                // Two fit, the third waits until the stop.
                for _ in 0..<3 { continuation.yield(channel.push(Data([1]))) }
                continuation.finish()
            }
        }
        #expect(await channel.next() != nil)
        channel.stop()
        #expect(await channel.next() == nil)
        var answers: [Bool] = []
        for await answer in refusals { answers.append(answer) }
        #expect(answers.count == 3)
    }

    @Test func aStopWakesWhoWaits() async {
        let channel = ChunkChannel<Data>()
        async let chunk = channel.next()
        channel.stop()
        #expect(await chunk == nil)
    }
}
