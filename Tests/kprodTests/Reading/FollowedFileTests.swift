// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import kprod

/// What happens to log files, one look after the other.
@Suite struct FollowedFileTests {
    private let files: TemporaryFiles
    private let notices = Notices()

    private final class Notices: Sendable {
        let lines = Mutex<[String]>([])
    }

    init() throws { files = try TemporaryFiles([:]) }

    private func follow(_ start: FollowedFile.Start = .beginning) -> FollowedFile {
        FollowedFile(.file(FilePath(files.path("log"))), start: start) { [notices] line in
            notices.lines.withLock { $0.append(line) }
        }
    }

    /// Looks ten times a second, by a clock of its own.
    private func look(_ file: inout FollowedFile, times: Int = 1) -> [String] {
        var events: [String] = []
        let now = ContinuousClock.now
        for number in 0..<times {
            #expect(
                file.poll(now: now + .milliseconds(100) * number) { _, event in
                    if case .bytes(let data) = event { events.append(String(decoding: data, as: UTF8.self)) }
                    if case .ended = event { events.append("ended") }
                    return true
                }
            )
        }
        return events
    }

    private func write(_ text: String, to name: String = "log") throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: files.path(name)))
    }

    private func append(_ text: String, to name: String = "log") throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: files.path(name)))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    private var said: [String] {
        let prefix = files.path("log") + ": "
        return notices.lines.withLock { $0.map { String($0.dropFirst(prefix.count)) } }
    }

    @Test func itGrows() throws {
        try write("a\n")
        var file = follow()
        #expect(look(&file, times: 2) == ["a\n"])
        try append("b")
        #expect(look(&file, times: 2) == ["b"])
        #expect(said == [])
    }

    @Test func itComesLater() throws {
        var file = follow()
        #expect(look(&file, times: 3) == [])
        try write("a\n")
        #expect(look(&file) == ["a\n"])
        #expect(said == ["is not there; waiting for it", "is there now"])
    }

    /// Whoever writes goes on with the old file for a moment, and nobody waits for that.
    @Test func itIsReplaced() throws {
        try write("old\n")
        var file = follow()
        #expect(look(&file) == ["old\n"])
        try FileManager.default.moveItem(atPath: files.path("log"), toPath: files.path("log.1"))
        #expect(look(&file, times: 2) == [])
        try write("new\n")
        #expect(look(&file, times: 2) == ["new\n"])
        try append("late\n", to: "log.1")
        try append("newer\n")
        #expect(look(&file, times: 30) == ["late\n", "newer\n", "ended"])
        #expect(said == ["was replaced; reading the new file"])
    }

    /// Two names are exchanged: each file is read on where it was.
    @Test func anOldOneComesBack() throws {
        try write("a\n")
        var file = follow()
        #expect(look(&file) == ["a\n"])
        try FileManager.default.moveItem(atPath: files.path("log"), toPath: files.path("x"))
        try write("b\n")
        #expect(look(&file) == ["b\n"])
        try FileManager.default.moveItem(atPath: files.path("log"), toPath: files.path("y"))
        try FileManager.default.moveItem(atPath: files.path("x"), toPath: files.path("log"))
        try append("a2\n")
        try append("b2\n", to: "y")
        #expect(look(&file) == ["b2\n", "a2\n"])
    }

    @Test(arguments: [("a\nb\nunfi", "unfi"), ("a\nb\n", ""), ("", ""), ("unfi", "unfi")])
    func itIsReadFromItsEnd(before: String, left: String) throws {
        try write(before)
        var file = follow(.end(delimiter: [10]))
        #expect(look(&file).joined() == left)
        try append("nished\nnext\n")
        #expect(look(&file) == ["nished\nnext\n"])
        // What comes later is new from its first byte on.
        try FileManager.default.moveItem(atPath: files.path("log"), toPath: files.path("log.1"))
        try write("other\n")
        #expect(look(&file) == ["other\n"])
    }

    @Test func aLongUnfinishedLineIsFoundFromItsEnd() throws {
        let line = String(repeating: "x", count: 2 * ChunkReader.chunkSize + 7)
        try write("a--" + line)
        var file = follow(.end(delimiter: Array("--".utf8)))
        #expect(look(&file).joined() == line)
    }

    @Test func itIsCutShort() throws {
        try write("first and long\n")
        var file = follow()
        #expect(look(&file) == ["first and long\n"])
        // In place, so that it stays the same file.
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: files.path("log")))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data("x\n".utf8))
        try handle.close()
        #expect(look(&file, times: 2) == ["ended", "x\n"])
        #expect(said == ["was cut short; reading it from its beginning"])
    }

    @Test func nobodyWantsMore() throws {
        try write("a\n")
        var file = follow()
        #expect(!file.poll(now: .now) { _, event in if case .began = event { return true } else { return false } })
    }
}
