// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Kafka's classes and a Java to run them: a download, or an image with Docker.
package struct KafkaDistribution: Sendable {
    /// Kafka's version, such as `4.1.0`.
    package let version: String
    let origin: Origin

    enum Origin: Sendable {
        case download(home: URL, java: URL)
        case image(name: String, docker: URL)
    }

    /// A folder with `libs/*.jar`, as every download of Apache Kafka has it.
    package init(home: URL) throws {
        let libraries = home.appending(path: "libs")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
        let prefix = "kafka-clients-"
        guard let jar = names.first(where: { $0.hasPrefix(prefix) && $0.hasSuffix(".jar") }) else {
            throw LaunchError(
                "KAFKA_HOME is \(home.path), which has no libs/kafka-clients-*.jar: name a Kafka download"
            )
        }
        let environment = ProcessInfo.processInfo.environment
        let java = environment["JAVA_HOME"].flatMap { ToolProcess.find("\($0)/bin/java") } ?? ToolProcess.find("java")
        guard let java else {
            throw LaunchError("java is missing: install it, with apt-get install default-jre-headless for example")
        }
        version = String(jar.dropFirst(prefix.count).dropLast(".jar".count))
        origin = .download(home: home, java: java)
    }

    /// An image such as `apache/kafka:4.1.0`, whose tag is the version.
    package init(image: String) throws {
        guard let docker = ToolProcess.find("docker") else {
            throw LaunchError("KAFKA_DOCKER_IMAGE is set, but docker is not installed")
        }
        version = image.split(separator: ":").dropFirst().last.map { String($0) } ?? "latest"
        origin = .image(name: image, docker: docker)
    }

    /// The first number of ``version``.
    package var majorVersion: Int { version.split(separator: ".").first.flatMap { Int($0) } ?? .max }

    /// Whether its brokers are processes of this machine's own, not containers.
    package var isDownload: Bool {
        if case .download = origin { true } else { false }
    }

    /// A command line that runs a class of Kafka's with Java.
    ///
    /// - Parameters:
    ///   - isForMeasuring: Whether it is to run fast, and not to start fast.
    ///   - name: The container's name, for signals; nil for a tool that ends by itself.
    ///   - folder: What a container gets to see of the file system, at the same place.
    func command(
        _ mainClass: String,
        _ arguments: [String],
        javaOptions: [String] = [],
        isForMeasuring: Bool = false,
        name: String? = nil,
        folder: URL? = nil
    ) -> [String] {
        // Seconds matter more than throughput: the quick compiler only, the smallest collector.
        let options = (isForMeasuring ? [] : ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]) + javaOptions
        switch origin {
        case .download(let home, let java):
            return [java.path] + options + ["-cp", "\(home.path)/libs/*", mainClass] + arguments
        case .image(let image, let docker):
            // Loopback and ports are the host's own: what works for a process works for a container.
            var command = [docker.path, "run", "--rm", "--network", "host", "--user", "\(getuid()):\(getgid())"]
            if let name { command += ["--name", name] }
            if let folder { command += ["--volume", "\(folder.path):\(folder.path)"] }
            return command + ["--entrypoint", "java", image] + options + ["-cp", "/opt/kafka/libs/*", mainClass]
                + arguments
        }
    }

    /// Runs a tool of Kafka's to its end, such as `org.apache.kafka.tools.TopicCommand`.
    package func run(
        _ mainClass: String,
        _ arguments: [String],
        input: ToolProcess.Input = .none,
        folder: URL? = nil
    ) async throws -> ToolProcess.Outcome {
        let options = ["-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        return try await ToolProcess.run(
            command(mainClass, arguments, javaOptions: options, folder: folder),
            input: input
        )
    }
}

extension KafkaDistribution: CustomStringConvertible {
    package var description: String {
        switch origin {
        case .download(let home, _): "Kafka \(version) of \(home.path)"
        case .image(let name, _): "Kafka \(version) of the image \(name)"
        }
    }
}
