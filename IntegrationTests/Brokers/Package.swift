// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "Brokers",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "kafka-async-producer", path: "../..")],
    targets: [
        // Between the tests and each broker: ends the broker when the tests end, however they end.
        .executableTarget(name: "broker-guard", cSettings: [.define("_GNU_SOURCE")]),
        .target(name: "CPoll", cSettings: [.define("_GNU_SOURCE")]),
        .target(name: "CSpawn", cSettings: [.define("_GNU_SOURCE")]),
        .target(name: "CTopicAdmin", linkerSettings: [.linkedLibrary("rdkafka")]),
        .target(name: "BrokerLauncher", dependencies: ["CPoll", "CSpawn", "CTopicAdmin"], swiftSettings: settings),
        // Brokers for whoever is not written in Swift, such as Scripts/bench.
        .executableTarget(
            name: "kafka-cluster",
            dependencies: ["BrokerLauncher", "broker-guard"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "BrokerTests",
            dependencies: [
                "BrokerLauncher", "broker-guard",
                .product(name: "KafkaAsyncProducer", package: "kafka-async-producer"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
