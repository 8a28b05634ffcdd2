// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Runs `kcat`: a client that shares no code with this package, to produce and to look at the cluster from outside.
enum Kcat {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    static let path: String? = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":")
        .map { "\($0)/kcat" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Runs to the end with `input` on standard input.
    ///
    /// A cancelled task (a test's time limit) ends the process.
    static func run(_ arguments: [String], input: String = "") async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        // Files instead of pipes: no pipe can fill up, and nobody has to read while the process runs.
        let inputFile = directory.appending(path: "in")
        let outputFile = directory.appending(path: "out")
        let errorFile = directory.appending(path: "err")
        try Data(input.utf8).write(to: inputFile)
        for file in [outputFile, errorFile] { try Data().write(to: file) }

        let process = Process()
        process.executableURL = URL(filePath: try #require(path))
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                process.terminationHandler = { _ in done.resume() }
                do {
                    try process.run()
                } catch {
                    process.terminationHandler = nil
                    done.resume(throwing: error)
                }
            }
        } onCancel: {
            process.terminate()
        }
        return Result(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
        )
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips what needs `kcat` where it is not installed.
    static var needsKcat: Self { .enabled(if: Kcat.path != nil, "kcat is not installed") }
}
