// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// Swift 7's defaults already today; a pointer used without `unsafe` and any warning stop the build.
let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

let package = Package(
    name: "kafka-async-producer",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "KafkaAsyncProducer", targets: ["KafkaAsyncProducer"]),
        .library(name: "KafkaAsyncProducerFoundation", targets: ["KafkaAsyncProducerFoundation"]),
        .library(name: "KafkaTestKit", targets: ["KafkaTestKit"]),
        .executable(name: "kprod", targets: ["kprod"]),
    ],
    targets: [
        .systemLibrary(
            name: "CLibrdkafka",
            pkgConfig: "rdkafka",
            providers: [
                .brew(["librdkafka"]),
                .apt(["librdkafka-dev"]),
                .yum(["librdkafka-devel"]),
            ]
        ),
        .target(name: "RDKafka", dependencies: ["CLibrdkafka"], swiftSettings: settings),
        .target(name: "KafkaAsyncProducer", dependencies: ["RDKafka"], swiftSettings: settings),
        .target(
            name: "KafkaAsyncProducerFoundation",
            dependencies: ["KafkaAsyncProducer"],
            swiftSettings: settings
        ),
        .target(
            name: "KafkaTestKit",
            dependencies: ["CLibrdkafka", "RDKafka", "KafkaAsyncProducer"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "kprod",
            dependencies: ["KafkaAsyncProducer", "KafkaTestKit", "CSystem"],
            swiftSettings: settings
        ),
        // What Swift cannot say without pointers: variadic functions, arguments and paths that are no UTF-8.
        .target(name: "CSystem"),
        .testTarget(name: "RDKafkaTests", dependencies: ["RDKafka"], swiftSettings: settings),
        .testTarget(
            name: "KafkaAsyncProducerTests",
            dependencies: [
                "KafkaAsyncProducer", "KafkaAsyncProducerFoundation", "KafkaTestKit", "RDKafka", "ProcessSupport",
            ],
            swiftSettings: settings
        ),
        .target(name: "ProcessSupport", path: "Tests/ProcessSupport"),
        .testTarget(
            name: "KafkaTestKitTests",
            dependencies: ["KafkaAsyncProducer", "KafkaTestKit"],
            swiftSettings: settings
        ),
        .testTarget(name: "kprodTests", dependencies: ["kprod", "KafkaTestKit"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
