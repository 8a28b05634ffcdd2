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
    name: "Soak",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "kafka-async-producer", path: "../..")],
    targets: [
        // Watches the other from outside: what hangs cannot be asked.
        .executableTarget(
            name: "soak",
            dependencies: [
                .product(name: "KafkaAsyncProducer", package: "kafka-async-producer"),
                .product(name: "KafkaTestKit", package: "kafka-async-producer"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "soak-client",
            dependencies: [.product(name: "KafkaAsyncProducer", package: "kafka-async-producer")],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
