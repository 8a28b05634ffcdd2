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

/// The library's traits, by the same names: `swift test --traits LoggingSupport` tests that one, as a dependent has it.
let names = [
    "LoggingSupport", "MetricsSupport", "DistributedTracingSupport", "ServiceLifecycleSupport", "ConfigurationSupport",
]

func product(_ name: String, _ package: String, _ traits: String...) -> Target.Dependency {
    .product(name: name, package: package, condition: .when(traits: Set(traits)))
}

let library: [Target.Dependency] = [
    .product(name: "KafkaAsyncProducer", package: "kafka-async-producer"),
    product("Logging", "swift-log", "LoggingSupport", "ServiceLifecycleSupport"),
    product("Tracing", "swift-distributed-tracing", "DistributedTracingSupport"),
    product("ServiceLifecycle", "swift-service-lifecycle", "ServiceLifecycleSupport"),
    product("UnixSignals", "swift-service-lifecycle", "ServiceLifecycleSupport"),
    product("Configuration", "swift-configuration", "ConfigurationSupport"),
]

let package = Package(
    name: "PackageTraits",
    platforms: [.macOS(.v26)],
    traits: Set(names.map { .trait(name: $0, description: "The library's \($0).") }),
    dependencies: [
        .package(
            name: "kafka-async-producer",
            path: "../..",
            traits: Set(names.map { .trait(name: $0, condition: .when(traits: [$0])) })
        ),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.3.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.0.0", traits: []),
    ],
    targets: [
        // What a service looks like that has four of them on; nothing without them.
        .target(name: "OrderService", dependencies: library, swiftSettings: settings),
        .testTarget(
            name: "TraitTests",
            dependencies: library + [
                "OrderService",
                .product(name: "KafkaTestKit", package: "kafka-async-producer"),
                product("InMemoryLogging", "swift-log", "LoggingSupport"),
                product("MetricsTestKit", "swift-metrics", "MetricsSupport"),
                product("InMemoryTracing", "swift-distributed-tracing", "DistributedTracingSupport"),
                product("ServiceLifecycleTestKit", "swift-service-lifecycle", "ServiceLifecycleSupport"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
