// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import Testing

/// The built command.
enum Kprod {
    /// Beside the test bundle, where `swift build --product kprod` puts it; nil when nobody has built it.
    static let path: String? = {
        let folders = [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        return folders.map { $0.appending(path: "kprod").path }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Starts it, with no file of the user's own and nobody to ask.
    static func start(_ arguments: [String], input: ToolProcess.Input) throws -> ToolProcess {
        try ToolProcess([try #require(path)] + arguments, input: input, environment: ["HOME": "/nowhere"])
    }

    static func run(_ arguments: [String], input: ToolProcess.Input = .none) async throws -> ToolProcess.Outcome {
        try await start(arguments, input: input).finish()
    }
}

extension ToolProcess.Outcome {
    /// The last line, which is always the account.
    var account: String { errors.split(separator: "\n").last.map { String($0) } ?? "" }

    /// A number of the account, such as the one after "delivered".
    func number(_ name: String) throws -> Int {
        let words = account.split { " ;".contains($0) }
        let index = try #require(words.firstIndex { $0 == name }, "no \(name) in \(errors)")
        return try #require(Int(words[index + 1].filter { $0 != "," }))
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where the command was not built; `Scripts/test-integration` builds it.
    static var needsCommand: Self {
        .enabled(
            if: Kprod.path != nil,
            "kprod was not built: swift build --package-path IntegrationTests/Brokers --product kprod"
        )
    }
}
