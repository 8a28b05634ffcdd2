// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "RequestService",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "kafka-async-producer", path: "../..")],
    targets: [
        .executableTarget(
            name: "RequestService",
            dependencies: [
                "CRequestService",
                .product(name: "KafkaAsyncProducer", package: "kafka-async-producer"),
                .product(name: "KafkaTestKit", package: "kafka-async-producer"),
            ]
        ),
        // What Swift says only with many pointers: addresses of sockets; and what it does not import: the heap's size.
        .target(name: "CRequestService"),
        .testTarget(
            name: "RequestServiceTests",
            dependencies: [
                "CRequestService",
                "RequestService",
                .product(name: "KafkaAsyncProducer", package: "kafka-async-producer"),
                .product(name: "KafkaTestKit", package: "kafka-async-producer"),
            ]
        ),
    ]
)
