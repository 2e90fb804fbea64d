// swift-tools-version: 6.3
import Foundation
import PackageDescription

/// Every Swift target is built with these, so that no room is stricter or laxer than another.
let settings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),  // @_lifetime on ~Escapable views: SE-0446, SE-0456
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .strictMemorySafety(),  // SE-0458
]

let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: here.appending(path: path).path) }

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target? {
    exists("Sources/\(name)") ? .target(name: name, dependencies: dependencies, swiftSettings: settings) : nil
}
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target? {
    exists("Sources/\(name)") ? .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings) : nil
}
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target? {
    exists("Tests/\(name)") ? .testTarget(name: name, dependencies: dependencies, swiftSettings: settings) : nil
}
func system(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target? {
    exists("Sources/\(name)")
        ? .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])]) : nil
}

let targets: [Target?] = [
    system("CRdkafka", "rdkafka", apt: "librdkafka-dev", brew: "librdkafka"),
    system("CZstd", "libzstd", apt: "libzstd-dev", brew: "zstd"),
    system("CYAML", "yaml-0.1", apt: "libyaml-dev", brew: "libyaml"),
    system("CCrypto", "libcrypto", apt: "libssl-dev", brew: "openssl@3"),
    room("Kafka", ["CRdkafka"]),
    room("EmbeddedKafka", ["CRdkafka", "Kafka"]),
    room("JSON"),
    room("DashStream", ["CZstd"]),
    room("Reinforce", ["CCrypto", "DashStream", "JSON"]),
    room("InstantLearning"),
    room("Telemetry"),
    room("Settings", ["CYAML", "JSON"]),
    room("Arguments"),
    tests("KafkaTests", ["Kafka", "EmbeddedKafka"]),
    tests("JSONTests", ["JSON"]),
    tests("DashStreamTests", ["DashStream"]),
    tests("ReinforceTests", ["Reinforce", "DashStream", "JSON"]),
    tests("InstantLearningTests", ["InstantLearning"]),
    tests("TelemetryTests", ["Telemetry"]),
    tests("SettingsTests", ["Settings", "JSON"]),
    tests("ArgumentsTests", ["Arguments"]),
]

let package = Package(
    name: "dash-reinforce",
    platforms: [.macOS(.v15)],
    targets: targets.compactMap { $0 },
    swiftLanguageModes: [.v6]
)
