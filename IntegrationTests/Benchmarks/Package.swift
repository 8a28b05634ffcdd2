// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let settings: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v26)],
    products: [
        // Preloaded into a client by the driver, never linked.
        .library(name: "AllocationCounter", type: .dynamic, targets: ["AllocationCounter"])
    ],
    dependencies: [.package(name: "kafka-async-producer", path: "../..")],
    targets: [
        .target(name: "AllocationCounter"),
        .target(name: "CMeasure", cSettings: [.define("_GNU_SOURCE")]),
        .target(
            name: "CBaseline",
            dependencies: ["CMeasure"],
            cSettings: [.define("_GNU_SOURCE")],
            linkerSettings: [.linkedLibrary("rdkafka")]
        ),
        .target(name: "Scenarios", swiftSettings: settings),
        // C in a process of its own: Swift's runtime would add to its memory.
        .executableTarget(name: "bench-client-c", dependencies: ["CBaseline", "CMeasure"]),
        .executableTarget(
            name: "bench-client-swift",
            dependencies: [
                "CMeasure", "Scenarios",
                .product(name: "KafkaAsyncProducer", package: "kafka-async-producer"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "bench",
            dependencies: ["CBaseline", "CMeasure", "Scenarios"],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
