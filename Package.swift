// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// Swift 7's defaults already today, and a warning for each pointer that is used without `unsafe`.
var settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]
// Warnings stop the builds of this repository's scripts, and not those of whoever depends on it, by path or edited: a
// new compiler may warn of what an old one did not.
if Context.environment["KAFKA_WARNINGS_AS_ERRORS"] == "1" { settings.append(.treatAllWarnings(as: .error)) }

let package = Package(
    name: "kafka-async-producer",
    // What came with macOS 26, as the standard library's interface says: `span` of arrays and strings, by which bytes are lent,
    // InlineArray, and `enumerated()` as a collection. All else that the library uses is older, Mutex and Atomic from 15.
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "KafkaAsyncProducer", targets: ["KafkaAsyncProducer"]),
        .library(name: "KafkaAsyncProducerFoundation", targets: ["KafkaAsyncProducerFoundation"]),
        .library(name: "KafkaTestKit", targets: ["KafkaTestKit"]),
        .executable(name: "kprod", targets: ["kprod"]),
    ],
    traits: [
        .trait(name: "LoggingSupport", description: "Log lines for swift-log: logHandler = .swiftLog(logger)."),
        .trait(name: "MetricsSupport", description: "OpenTelemetry's messaging metrics through swift-metrics."),
        .trait(
            name: "DistributedTracingSupport",
            description: "A producer span for each message or batch, and its context in the headers."
        ),
        .trait(name: "ServiceLifecycleSupport", description: "AsyncProducer is a Service of swift-service-lifecycle."),
        .trait(name: "ConfigurationSupport", description: "Configuration from a ConfigReader of swift-configuration."),
    ],
    // Each is used under its trait only, and all are off by default: then SwiftPM resolves nothing and fetches nothing.
    dependencies: [
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.1.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.0.0", traits: []),
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
        .target(
            name: "KafkaAsyncProducer",
            dependencies: [
                "RDKafka",
                .product(
                    name: "Logging",
                    package: "swift-log",
                    condition: .when(traits: ["LoggingSupport"])
                ),
                .product(
                    name: "Metrics",
                    package: "swift-metrics",
                    condition: .when(traits: ["MetricsSupport"])
                ),
                .product(
                    name: "Tracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["DistributedTracingSupport"])
                ),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycleSupport"])
                ),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["ConfigurationSupport"])
                ),
            ],
            swiftSettings: settings
        ),
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
            dependencies: ["KafkaAsyncProducer", "KafkaTestKit", "CKprod"],
            swiftSettings: settings
        ),
        // What Swift cannot say without pointers: variadic functions, arguments and paths that are no UTF-8.
        .target(name: "CKprod"),
        // The Swift of README, pages and doc comments: see Scripts/snippets.
        .target(
            name: "Snippets",
            dependencies: ["KafkaAsyncProducer", "KafkaTestKit"],
            path: "Tests/Snippets",
            exclude: ["Manifest"],
            swiftSettings: settings
        ),
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
