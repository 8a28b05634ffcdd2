// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

// The Swift of manifests that pages show; Scripts/lint evaluates it.
import PackageDescription

let package = Package(
    name: "your-service",
    // snippet.dependency
    dependencies: [
        .package(
            url: "https://github.com/ORGANISATION/kafka-async-producer.git",
            from: "0.2.0"
        )
    ],
    targets: [
        .target(
            name: "YourService",
            dependencies: [
                .product(name: "KafkaAsyncProducer", package: "kafka-async-producer")
            ]
        ),
        .testTarget(
            name: "YourServiceTests",
            dependencies: [
                "YourService",
                .product(name: "KafkaTestKit", package: "kafka-async-producer"),
            ]
        ),
    ]
    // snippet.end
)

let dependencies: [Package.Dependency] = [
    // snippet.traits
    .package(
        url: "https://github.com/ORGANISATION/kafka-async-producer.git",
        from: "0.2.0",
        traits: [
            "LoggingSupport", "MetricsSupport", "DistributedTracingSupport",
            "ServiceLifecycleSupport",
        ]
    )
    // snippet.end
]
