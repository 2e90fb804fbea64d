// swift-tools-version: 6.3
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

/// For the tests (scripts/swift-test): what they test is optimised, module by module as in a release, and they are not. It has
/// the points at which the reliability suite injects faults.
/// Nobody else's build may have unsafe flags, so this is asked for by the environment.
let optimized: [SwiftSetting] =
    Context.environment["DASH_OPTIMIZED_TESTS"] == nil
    ? [] : [.unsafeFlags(["-O", "-wmo", "-num-threads", "2"]), .define("FAULT_INJECTION")]

/// No warning passes before anything lands (.ci/run), but a newer compiler's warnings stop nobody else's build. The test
/// files are left out: the macros of Swift Testing give warnings of their own.
let strict: [SwiftSetting] =
    Context.environment["DASH_WARNINGS"] == "errors" ? [.treatAllWarnings(as: .error)] : []

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings + optimized + strict)
}
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings + optimized + strict)
}
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}
func system(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

let package = Package(
    name: "dash-reinforce",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "dash-reinforce", targets: ["dash-reinforce"]),
        .executable(name: "dash-benchmarks", targets: ["dash-benchmarks"]),
        .library(name: "Kafka", targets: ["Kafka"]),
        .library(name: "EmbeddedKafka", targets: ["EmbeddedKafka"]),
        .library(name: "JSON", targets: ["JSON"]),
        .library(name: "DashStream", targets: ["DashStream"]),
        .library(name: "Reinforce", targets: ["Reinforce"]),
        .library(name: "InstantLearning", targets: ["InstantLearning"]),
    ],
    targets: [
        system("CRdkafka", "rdkafka", apt: "librdkafka-dev", brew: "librdkafka"),
        system("CZstd", "libzstd", apt: "libzstd-dev", brew: "zstd"),
        system("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
        system("CYAML", "yaml-0.1", apt: "libyaml-dev", brew: "libyaml"),
        system("CCrypto", "libcrypto", apt: "libssl-dev", brew: "openssl@3"),
        system("CCurl", "libcurl", apt: "libcurl4-openssl-dev", brew: "curl"),
        system("CMicroHTTPD", "libmicrohttpd", apt: "libmicrohttpd-dev", brew: "libmicrohttpd"),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CSpawn"),
        room("Failpoints"),
        room("Kafka", ["CRdkafka", "Failpoints"]),
        room("EmbeddedKafka", ["CRdkafka", "Kafka"]),
        room("JSON"),
        room("DashStream", ["CZstd"]),
        room("Reinforce", ["CCrypto", "DashStream", "JSON"]),
        room("InstantLearning", ["JSON"]),
        room("Telemetry"),
        room("Judges", ["CCurl", "CSpawn", "JSON"]),
        room("HTTP", ["CMicroHTTPD"]),
        room("Watch", ["JSON", "Reinforce", "Telemetry"]),
        room("Spelling"),
        room("Settings", ["CYAML", "JSON", "Spelling"]),
        room("Arguments", ["Spelling"]),
        room("Terminal", ["DashStream", "Telemetry"]),
        room("Problems", ["Kafka"]),
        room("Files", ["CMalloc", "CZlib", "CZstd", "Problems"]),
        room("Recordings", ["DashStream", "Files", "Kafka", "Problems", "Reinforce", "Settings"]),
        room("StoredBatches", ["Files", "JSON", "Kafka", "Recordings", "Reinforce"]),
        room("TopicAdmin", ["EmbeddedKafka", "JSON", "Kafka", "Problems", "Settings"]),
        room(
            "Pipeline",
            [
                "DashStream", "Failpoints", "Files", "HTTP", "InstantLearning", "JSON", "Judges", "Kafka", "Problems",
                "Recordings", "Reinforce", "Settings", "Spelling", "StoredBatches", "Telemetry", "Terminal",
                "TopicAdmin",
                "Watch",
            ]
        ),
        room(
            "Verification",
            [
                "DashStream", "Files", "JSON", "Pipeline", "Problems", "Reinforce", "Settings",
                "StoredBatches", "Terminal",
            ]
        ),
        room(
            "Inspection",
            [
                "DashStream", "Files", "JSON", "Kafka", "Pipeline", "Problems", "Recordings", "Reinforce", "Settings",
                "StoredBatches", "Telemetry", "Terminal",
            ]
        ),
        room(
            "Simulation",
            [
                "DashStream", "EmbeddedKafka", "Files", "InstantLearning", "JSON", "Kafka", "Pipeline", "Problems",
                "Reinforce", "Settings", "Telemetry",
            ]
        ),
        program(
            "dash-reinforce",
            [
                "Arguments", "DashStream", "Files", "Inspection", "InstantLearning", "JSON", "Kafka", "Pipeline",
                "Problems", "Recordings", "Reinforce", "Settings", "Simulation", "Spelling", "StoredBatches",
                "Telemetry",
                "Terminal", "TopicAdmin", "Verification",
            ]
        ),
        .target(
            name: "KafkaTestSupport",
            dependencies: ["Kafka"],
            path: "Tests/KafkaTestSupport",
            swiftSettings: settings
        ),
        .target(name: "TestSupport", dependencies: ["JSON"], path: "Tests/TestSupport", swiftSettings: settings),
        .target(name: "CInstantBaseline"),
        program(
            "dash-benchmarks",
            [
                "Arguments", "CInstantBaseline", "CMalloc", "DashStream", "EmbeddedKafka", "InstantLearning",
                "JSON",
                "Kafka", "Pipeline", "Recordings", "Reinforce", "Settings", "Simulation", "Telemetry",
            ]
        ),
        tests(
            "SimulationTests",
            [
                "Simulation", "DashStream", "EmbeddedKafka", "InstantLearning", "JSON", "Kafka", "Pipeline",
                "Reinforce", "TestSupport",
            ]
        ),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        tests("InstantLearningTests", ["InstantLearning", "CAllocations", "JSON", "Reinforce", "TestSupport"]),
        tests("KafkaTests", ["Kafka", "EmbeddedKafka", "KafkaTestSupport"]),
        tests("JSONTests", ["JSON", "TestSupport"]),
        tests("DashStreamTests", ["DashStream", "JSON", "TestSupport"]),
        tests("JudgesTests", ["Judges", "JSON", "TestSupport"]),
        tests("SpellingTests", ["Spelling"]),
        tests("SettingsTests", ["Settings"]),
        tests("ArgumentsTests", ["Arguments"]),
        tests("TelemetryTests", ["Telemetry"]),
        tests("HTTPTests", ["HTTP"]),
        tests("FilesTests", ["Files", "TestSupport"]),
        tests("WatchTests", ["Watch", "JSON", "Reinforce", "Telemetry"]),
        tests("ReinforceTests", ["Reinforce", "DashStream", "JSON", "TestSupport"]),
        tests(
            "PipelineTests",
            [
                "Pipeline", "CMalloc", "DashStream", "EmbeddedKafka", "Files", "Inspection", "InstantLearning", "JSON",
                "Kafka",
                "Problems", "Recordings", "Reinforce", "Settings", "StoredBatches", "Telemetry", "Terminal",
                "TopicAdmin",
                "Verification", "Watch", "KafkaTestSupport", "TestSupport", "dash-reinforce",
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
