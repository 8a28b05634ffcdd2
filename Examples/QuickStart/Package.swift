// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "QuickStart",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "kafka-async-producer", path: "../..")],
    targets: [
        .executableTarget(
            name: "QuickStart",
            dependencies: [
                .product(name: "KafkaAsyncProducer", package: "kafka-async-producer"),
                .product(name: "KafkaTestKit", package: "kafka-async-producer"),
            ]
        ),
        .testTarget(
            name: "QuickStartTests",
            dependencies: [
                "QuickStart",
                .product(name: "KafkaTestKit", package: "kafka-async-producer"),
            ]
        ),
    ]
)
