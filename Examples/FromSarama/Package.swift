// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "FromSarama",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "kafka-async-producer", path: "../..")],
    targets: [
        .executableTarget(
            name: "FromSarama",
            dependencies: [
                .product(name: "KafkaAsyncProducer", package: "kafka-async-producer"),
                .product(name: "KafkaTestKit", package: "kafka-async-producer"),
            ]
        ),
        .testTarget(
            name: "FromSaramaTests",
            dependencies: [
                "FromSarama",
                .product(name: "KafkaAsyncProducer", package: "kafka-async-producer"),
                .product(name: "KafkaTestKit", package: "kafka-async-producer"),
            ]
        ),
    ]
)
