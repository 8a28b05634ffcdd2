// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import GracefulService

struct SpoolTests {
    private let folder = TestFolder()
    private var path: String { folder.path("spool") }

    @Test func whatWasAppendedIsThereAtTheNextStart() async throws {
        #expect(try await Spool(path: path).load().isEmpty)
        try await Spool(path: path).append([.init(text: "ä\n1"), .init(text: "2", mayBeInLog: true)])
        try await Spool(path: path).append([.init(text: "3")])
        #expect(try await Spool(path: path).load().map(\.text) == ["ä\n1", "2", "3"])
        #expect(try await Spool(path: path).load().map(\.mayBeInLog) == [false, true, false])
    }

    @Test func aLineThatACrashCutOffIsRemovedBeforeTheNextOneIsWritten() async throws {
        let spool = Spool(path: path)
        try await spool.append([.init(text: "whole")])
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data("{\"text\":\"ha".utf8))
        try file.close()
        #expect(try await spool.load().map(\.text) == ["whole"])
        try await spool.append([.init(text: "next")])
        #expect(try await spool.load().map(\.text) == ["whole", "next"])
    }

    @Test func whatWasReplayedGoesAndWhatCameMeanwhileStays() async throws {
        let spool = Spool(path: path)
        try await spool.append(["1", "2", "3"].map { .init(text: $0) })
        try await spool.append([.init(text: "new")])
        try await spool.replace(first: 3, with: [.init(text: "2")])
        #expect(try await spool.load().map(\.text) == ["2", "new"])
        try await spool.replace(first: 2, with: [])
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aFileThatIsNoSpoolIsAnErrorAndStaysAsItIs() async throws {
        try await Spool(path: path).append([.init(text: "x")])
        let text = try String(contentsOfFile: path, encoding: .utf8) + "not ours\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let error = await #expect(throws: Spool.Unreadable.self) { try await Spool(path: path).load() }
        #expect(error?.place == "\(path):2")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
}
