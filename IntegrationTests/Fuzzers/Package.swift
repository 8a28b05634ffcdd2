// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// Each module tells libFuzzer which of its branches an input took. Tested code is what users get: optimized.
let fuzzed: [SwiftSetting] = [
    .unsafeFlags(["-sanitize=fuzzer", "-enable-testing", "-suppress-warnings"]),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

// `Code` holds links to the sources of the project itself: it builds them anew with what the fuzzers need, and sees what
// is internal to them. A package that depends on the other could do neither.
let package = Package(
    name: "Fuzzers",
    platforms: [.macOS(.v26)],
    targets: [
        .systemLibrary(name: "CLibrdkafka", path: "Code/CLibrdkafka", pkgConfig: "rdkafka"),
        .target(name: "RDKafka", dependencies: ["CLibrdkafka"], path: "Code/RDKafka", swiftSettings: fuzzed),
        .target(
            name: "KafkaAsyncProducer",
            dependencies: ["RDKafka"],
            path: "Code/KafkaAsyncProducer",
            exclude: ["Documentation.docc"],
            swiftSettings: fuzzed
        ),
        .target(
            name: "KafkaTestKit",
            dependencies: ["CLibrdkafka", "RDKafka", "KafkaAsyncProducer"],
            path: "Code/KafkaTestKit",
            exclude: ["Documentation.docc"],
            swiftSettings: fuzzed
        ),
        .target(name: "CKprod", path: "Code/CKprod"),
        .target(
            name: "kprod",
            dependencies: ["KafkaAsyncProducer", "KafkaTestKit", "CKprod"],
            path: "Code/kprod",
            exclude: ["CommandLine/Kprod.swift"],
            swiftSettings: fuzzed
        ),
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: ["KafkaAsyncProducer", "kprod", "CFuzzer"],
            swiftSettings: fuzzed,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
        ),
    ],
    swiftLanguageModes: [.v6]
)
