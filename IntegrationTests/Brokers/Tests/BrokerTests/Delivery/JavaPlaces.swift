// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import Testing

/// Asks Kafka's Java client, without a broker, where it puts keys.
enum JavaPlaces {
    /// Run from its source: Java needs no build for that, but a compiler of its own.
    private static let program = """
        import java.math.BigInteger;
        import java.nio.file.*;
        import java.util.Arrays;
        import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

        class Places {
            public static void main(String[] arguments) throws Exception {
                StringBuilder places = new StringBuilder();
                for (String line : Files.readAllLines(Path.of(arguments[0]))) {
                    // The first byte is a mark that keeps zeros in front.
                    byte[] bytes = new BigInteger("01" + line, 16).toByteArray();
                    byte[] key = Arrays.copyOfRange(bytes, 1, bytes.length);
                    places.append(BuiltInPartitioner.partitionForKey(key, Integer.parseInt(arguments[1]))).append('\\n');
                }
                System.out.print(places);
            }
        }
        """

    /// The partition of each key, given in hexadecimal digits.
    static func places(
        of keys: [String],
        partitions: Int32,
        by distribution: KafkaDistribution
    ) async throws -> [Int32] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "java-places-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appending(path: "Places.java")
        try Data(program.utf8).write(to: source)
        // As a file: a container reads no standard input.
        let list = folder.appending(path: "keys")
        try Data(keys.joined(separator: "\n").utf8).write(to: list)
        let outcome = try await distribution.run(source.path, [list.path, "\(partitions)"], folder: folder)
        try #require(outcome.isSuccess, "java: \(outcome.errors)")
        return outcome.text.split(separator: "\n").compactMap { Int32($0) }
    }

    /// Whether the Java that runs the brokers can compile.
    static func isAvailable(on distribution: KafkaDistribution) async throws -> Bool {
        try await distribution.run("--list-modules", []).text.contains("jdk.compiler")
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where Java comes without its compiler.
    static var needsJavaCompiler: Self {
        .enabled("it runs a program of Java's from its source, and this Java has no compiler") {
            guard case .distribution(let distribution) = try Brokers.source else { return false }
            return try await JavaPlaces.isAvailable(on: distribution)
        }
    }
}
