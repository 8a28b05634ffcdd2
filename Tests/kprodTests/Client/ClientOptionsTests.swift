// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Testing

@testable import kprod

@Suite struct ClientOptionsTests {
    private func resolve(
        _ line: [String],
        environment: [String: String] = [:],
        defaults: [String: String] = [:],
        needsServers: Bool = false
    ) async throws -> ClientOptions.Resolved {
        let arguments = try ParsedArguments(line, syntax: ProduceCommand.syntax)
        return try await ClientOptions(arguments, defaults: defaults, environment: environment)
            .resolve(needsServers: needsServers)
    }

    private func linger(_ line: [String], _ environment: [String: String] = [:]) async throws -> Duration {
        try await resolve(line, environment: environment, defaults: ["linger.ms": "1"]).configuration.batching.linger
    }

    /// Under whatever name a property is given.
    @Test func theStrongerSourceWins() async throws {
        let files = try TemporaryFiles(["a.conf": "queue.buffering.max.ms=2\n", "b.conf": "linger.ms=3\n"])
        let file = ["-F", files.path("a.conf")]
        let variables = ["KPROD_CONFIG": files.path("b.conf")]
        #expect(try await linger([]) == .milliseconds(1))
        #expect(try await linger([], variables) == .milliseconds(3))
        #expect(try await linger(file, variables) == .milliseconds(2))
        #expect(try await linger(file, ["KPROD_LINGER_MS": "4"]) == .milliseconds(4))
        #expect(try await linger(file + ["-X", "linger.ms=5"], ["KPROD_LINGER_MS": "4"]) == .milliseconds(5))
        #expect(try await linger(["--linger", "6ms", "-X", "queue.buffering.max.ms=5"]) == .milliseconds(6))
        #expect(try await linger(["-F", "-"], variables) == .milliseconds(1))
    }

    @Test func serversComeFromAnywhere() async throws {
        let files = try TemporaryFiles(["a.conf": "metadata.broker.list = file:1\n"])
        let file = ["KPROD_CONFIG": files.path("a.conf")]
        func servers(_ line: [String], _ environment: [String: String]) async throws -> [String] {
            try await resolve(line, environment: file.merging(environment) { $1 }).configuration.bootstrapServers
        }
        #expect(try await servers([], [:]) == ["file:1"])
        #expect(try await servers([], ["KAFKA_BOOTSTRAP_SERVERS": "kafka:1"]) == ["kafka:1"])
        let both = ["KAFKA_BOOTSTRAP_SERVERS": "kafka:1", "KPROD_BROKERS": "a:1,b:2"]
        #expect(try await servers([], both) == ["a:1", "b:2"])
        #expect(try await servers([], both.merging(["KPROD_BOOTSTRAP_SERVERS": ""]) { $1 }) == ["a:1", "b:2"])
        #expect(try await servers(["-X", "bootstrap.servers=x:1"], both) == ["x:1"])
        #expect(try await servers(["-b", "o:1", "-X", "bootstrap.servers=x:1"], both) == ["o:1"])
        let error = await #expect(throws: ToolError.self) { try await resolve([], needsServers: true) }
        #expect(error?.status == .usage)
    }

    @Test func aProfileIsOnTopOfTheRest() async throws {
        let files = try TemporaryFiles(["a.conf": "linger.ms=1\nacks=all\n[profile prod]\nlinger.ms=7\n[dev]\nacks=1\n"]
        )
        let file = ["-F", files.path("a.conf")]
        #expect(try await linger(file) == .milliseconds(1))
        #expect(try await linger(file + ["--profile", "prod"]) == .milliseconds(7))
        #expect(try await linger(file, ["KPROD_PROFILE": "prod"]) == .milliseconds(7))
        #expect(try await linger(file + ["--profile", "dev"], ["KPROD_PROFILE": "prod"]) == .milliseconds(1))
        let error = await #expect(throws: ToolError.self) { try await resolve(file + ["--profile", "prd"]) }
        #expect(error?.status == .configuration && error?.message.contains("prod") == true)
        await #expect(throws: ToolError.self) { try await resolve(["--profile", "prod"]) }
    }

    @Test func aMistypedVariableIsNamed() async throws {
        func advice(_ environment: [String: String]) async throws -> [String] {
            try await resolve([], environment: environment).advice
        }
        let hint = "KPROD_LINGR_MS is ignored: librdkafka has no property lingr.ms; did you mean KPROD_LINGER_MS?"
        #expect(try await advice(["KPROD_LINGR_MS": "5"]) == [hint])
        #expect(try await advice(["KAFKA_LINGR_MS": "5", "KPROD_LINGR_MS": ""]) == [])
    }

    /// What Kubernetes sets for services whose names begin so.
    @Test func variablesOfOthersStopNothing() async throws {
        let names = [
            "KPROD_SERVICE_HOST", "KPROD_SERVICE_PORT", "KPROD_SERVICE_PORT_HTTP", "KPROD_PORT", "KPROD_PORT_80_TCP",
            "KPROD_PORT_80_TCP_ADDR", "KPROD_PORT_80_TCP_PROTO", "KPROD_METRICS_SERVICE_HOST",
            "KPROD_METRICS_PORT_53_UDP_PORT",
        ]
        let environment = Dictionary(uniqueKeysWithValues: names.map { ($0, "10.0.0.1") })
        #expect(try await resolve([], environment: environment).advice == [])
    }

    /// In the same file each reads what it would have read alone.
    @Test func backslashesAreKcatsInItsOwnFile() async throws {
        let files = try TemporaryFiles(["a.conf": #"client.id=a\b\\c\t\"# + "\nlinger.ms=7\n"])
        func name(_ file: ConfigurationFile?) async throws -> String? {
            try await #require(file).read(profile: nil)["client.id"]
        }
        let path = files.path("a.conf")
        let (literal, escaped) = (#"a\b\\c\t\"#, "a\\b\\c\tlinger.ms=7")
        #expect(try await name(ConfigurationFile(named: path, namesKcats: true, environment: [:])) == literal)
        #expect(try await name(ConfigurationFile(named: nil, environment: ["KCAT_CONFIG": path])) == literal)
        #expect(try await name(ConfigurationFile(named: path, environment: [:])) == escaped)
        #expect(try await name(ConfigurationFile(named: nil, environment: ["KPROD_CONFIG": path])) == escaped)
    }

    @Test(arguments: [
        ("lingr.ms=5", "a.conf:2: librdkafka has no property \"lingr.ms\"; did you mean \"linger.ms\"?"),
        ("linger.ms=5ms", "a.conf:2: \"linger.ms\" cannot be \"5ms\": librdkafka would read it as 5"),
        ("secret-without-name", "a.conf:2: is not a property"),
        ("queuing.strategy=lifo", "a.conf:2: "),
    ])
    func anErrorNamesFileAndLine(line: String, message: String) async throws {
        let files = try TemporaryFiles(["a.conf": "# comment\n\(line)\n"])
        let error = await #expect(throws: ToolError.self) { try await resolve(["-F", files.path("a.conf")]) }
        #expect(error?.status == .configuration)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func aFileOfJavaIsTakenWithItsNotes() async throws {
        let text = """
            bootstrap.servers: a:1, b:2
            key.serializer=org.apache.kafka.common.serialization.StringSerializer
            sasl.mechanism=SCRAM-SHA-512
            security.protocol=SASL_SSL
            sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
                username="alice" password="p=w;d";
            max.block.ms=10
            """
        let files = try TemporaryFiles(["java.properties": text])
        let resolved = try await resolve(["-F", files.path("java.properties")])
        #expect(resolved.configuration.bootstrapServers == ["a:1", "b:2"])
        #expect(resolved.configuration.buffering.admissionDeadline == nil, "a full buffer loses no record")
        #expect(resolved.advice.contains { $0.contains("key.serializer") })
        let password = try resolved.configuration.effectiveProperties().first { $0.name == "sasl.password" }
        #expect(password?.value == "[redacted]")
    }

    // MARK: Secrets

    @Test func secretsComeFromWhereTheyAreKept() async throws {
        let files = try TemporaryFiles(["pw": "s3cret\n", "a.conf": "sasl.password=env:PW\nsasl.username=x\n"])
        func password(_ line: [String]) async throws -> String? {
            let all = ["-X", "sasl.username=x", "-X", "security.protocol=sasl_ssl", "-X", "sasl.mechanism=PLAIN"]
            let resolved = try await resolve(all + line, environment: ["PW": "from env"])
            guard case .plain(_, let password) = resolved.configuration.security.sasl else { return nil }
            return password
        }
        #expect(try await password(["-X", "sasl.password=@\(files.path("pw"))"]) == "s3cret")
        #expect(try await password(["-X", "sasl.password=env:PW"]) == "from env")
        #expect(try await password(["-F", files.path("a.conf")]) == "from env")
        #expect(try await password(["-X", "sasl.password=@@x"]) == "@x")
        let error = await #expect(throws: ToolError.self) { try await password(["-X", "sasl.password=env:NOT_SET"]) }
        #expect(error?.message == "option -X: sasl.password is to come from the variable NOT_SET, which is not set")
    }

    /// A secret that was written with another sign than `=`, or without its name.
    @Test(arguments: [
        "sasl.password:c4n4ry", "sasl.password c4n4ry", "c4n4ry", "=c4n4ry", "sasl.password c4n4ry=env:NOT_SET",
        "sasl.password:c4n4ry=",
    ])
    func aSecretInAPropertyThatIsNoneIsNotShown(argument: String) async throws {
        let error = await #expect(throws: ToolError.self) { try await resolve(["-X", argument]) }
        let message = try #require(error?.message)
        #expect(!message.contains("c4n4ry"), "\(message)")
        #expect(message.contains("sasl.password…") == argument.hasPrefix("sasl"), "\(message)")
    }

    @Test func aSecretThatOthersCanSeeIsWarnedOf() async throws {
        let canary = "c4n4ry"
        let files = try TemporaryFiles([
            "a.conf": "sasl.password=\(canary)\nsasl.username=x\n", "ref.conf": "sasl.password=env:PW\n",
        ])
        for name in ["a.conf", "ref.conf"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: files.path(name))
        }
        let stored = try await resolve(["-F", files.path("a.conf")]).advice
        #expect(stored.count == 1 && stored.first?.contains("chmod 600") == true)
        let referred = try await resolve(["-F", files.path("ref.conf")], environment: ["PW": canary])
        #expect(referred.advice == [])
        let line = ["-X", "sasl.password=\(canary)", "-X", "sasl.username=x", "-X", "ssl.key.password=\(canary)"]
        let exposed = try await resolve(line).advice
        #expect(
            exposed.count == 1
                && exposed.first?.hasPrefix("sasl.password, ssl.key.password on the command line") == true
        )
        for text in stored + exposed { #expect(!text.contains(canary)) }
    }
}
