// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Synchronization

/// A process of a cluster: a broker, a controller, or both.
package final class Node: Sendable {
    /// Its `node.id`.
    package let id: Int
    /// Where it writes its log.
    package let logFile: URL

    private let distribution: KafkaDistribution
    private let plan: ClusterPlan
    private let guardian = Mutex<ToolProcess?>(nil)

    init(_ id: Int, _ plan: ClusterPlan, _ distribution: KafkaDistribution) {
        self.id = id
        self.plan = plan
        self.distribution = distribution
        logFile = plan.folder.appending(path: "node-\(id).log")
    }

    /// Where it keeps its partitions.
    package var dataFolder: URL { plan.dataFolder(of: id) }

    private var folder: URL { plan.folder(of: id) }
    private var propertiesFile: URL { folder.appending(path: "server.properties") }
    private var formattedFolder: URL { folder.appending(path: "formatted") }
    private var containerName: String { "\(plan.folder.lastPathComponent)-\(id)" }

    /// Writes its properties and prepares its folders.
    func format(clusterID: String) async throws {
        try FileManager.default.createDirectory(at: plan.dataFolder(of: id), withIntermediateDirectories: true)
        try Data(plan.properties(of: id).utf8).write(to: propertiesFile)
        var arguments = ["format", "-t", clusterID, "-c", propertiesFile.path]
        for user in plan.configuration.scramUsers {
            arguments += ["--add-scram", "\(user.mechanism)=[name=\(user.name),password=\(user.password)]"]
        }
        let outcome = try await distribution.run("kafka.tools.StorageTool", arguments, folder: plan.folder)
        guard outcome.isSuccess else {
            throw LaunchError("node \(id) could not be formatted: \(outcome.errors)\(outcome.text)")
        }
        // The disk will hide what the format has written there.
        if plan.diskSize(of: id) != nil {
            try FileManager.default.copyItem(at: plan.dataFolder(of: id), to: formattedFolder)
        }
    }

    /// Starts it; does not wait until it serves.
    package func start() throws {
        guard let executable = Self.guardExecutable else { throw LaunchError("broker-guard was not built") }
        var options = ["--remove", plan.folder.path]
        if case .image = distribution.origin { options += ["--grace", "10"] }
        let isForMeasuring = plan.configuration.isForMeasuring
        let heap = !plan.isBroker(id) ? 256 : isForMeasuring ? 1_024 : 512
        var command = distribution.command(
            "kafka.Kafka",
            [propertiesFile.path],
            javaOptions: ["-Xmx\(heap)m"] + LogSettings.javaOptions(plan.folder),
            isForMeasuring: isForMeasuring,
            name: containerName,
            folder: plan.folder
        )
        if let size = plan.diskSize(of: id) {
            options += ["--tmpfs", dataFolder.path, size]
            let script = "cp -R \"$0\"/. \"$1\" && shift && exec \"$@\""
            command = ["sh", "-c", script, formattedFolder.path, dataFolder.path] + command
        }
        let process = try ToolProcess([executable.path] + options + [logFile.path] + command, input: .pipe)
        guardian.withLock { $0 = process }
    }

    /// Whether its process is there, stopped or not.
    package var isRunning: Bool { guardian.withLock { $0?.isRunning ?? false } }

    /// `kill -9`, and waits for its end.
    package func kill() async throws {
        try await signal(SIGKILL)
        try await ended()
    }

    /// An orderly stop (`SIGTERM`), and waits for its end.
    package func stop() async throws {
        try await signal(SIGTERM)
        try await ended()
    }

    /// Freezes it (`SIGSTOP`): connections stay open, nothing is answered.
    package func pause() async throws { try await signal(SIGSTOP) }

    /// Lets it go on (`SIGCONT`).
    package func resume() async throws { try await signal(SIGCONT) }

    private func signal(_ number: Int32) async throws {
        switch distribution.origin {
        case .download:
            // Through the guard, which knows whether the process is still its own.
            guardian.withLock { $0 }?.write(Data([UInt8(number)]))
        case .image(_, let docker):
            _ = try await ToolProcess.run([docker.path, "kill", "--signal", String(number), containerName])
        }
    }

    private func ended() async throws { _ = try await guardian.withLock { $0 }?.finish() }

    /// Ends it for good: the guard kills it when its lifeline is cut.
    func destroy() async throws {
        guardian.withLock { $0 }?.closeInput()
        try await ended()
    }

    /// The last lines of its log, without stack traces.
    package func logTail(lines: Int = 30) -> String {
        let text = String(decoding: (try? Data(contentsOf: logFile)) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("\tat ") }.suffix(lines).joined(separator: "\n")
    }

    /// What the guard has to complain about, if anything.
    var guardMessages: String { guardian.withLock { $0 }?.errorsSoFar ?? "" }

    /// Beside the test bundle.
    private static var guardExecutable: URL? {
        let folders = [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        return folders.map { $0.appending(path: "broker-guard") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}
