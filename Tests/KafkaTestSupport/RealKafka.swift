import Foundation

/// A real Apache Kafka for a test, where a launcher is to be found: the environment variable `DASH_KAFKA`, or beside the
/// project. Ends with the object, unless it is a ``reused()`` one.
public final class RealKafka: Sendable {
    /// The launcher's path; nil: there is none, and tests that need it are skipped.
    public static let launcher: String? = {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let beside = project.deletingLastPathComponent().appending(path: "shared/kafka/kafka").path
        let path = ProcessInfo.processInfo.environment["DASH_KAFKA"] ?? beside
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    /// Where it listens.
    public let brokers: String
    private let folder: String
    /// The next test may have it.
    private let isReused: Bool

    /// One that an earlier test has used, or a new one; later tests get it in turn. For tests that leave nothing under way: no
    /// member of a group, no transaction, no broker that is down. A start costs more than most of them.
    ///
    /// - Throws: ``Failure`` where none starts.
    public static func reused() throws -> RealKafka {
        if let broker = KafkaPool.shared.lend() { return RealKafka(broker) }
        return try RealKafka(isReused: true, quiet)
    }

    /// For a broker that is there for long: alone it would take a twentieth of a core to say each half second that it is there.
    private static let quiet = [
        "metadata.max.idle.interval.ms=0", "broker.heartbeat.interval.ms=5000", "broker.session.timeout.ms=30000",
        "controller.quorum.fetch.timeout.ms=60000", "num.network.threads=1", "num.io.threads=2",
    ].flatMap { ["--set", $0] }

    private init(_ broker: KafkaPool.Broker) {
        folder = broker.folder
        values = broker.values
        isReused = true
        brokers = values["KAFKA_BROKERS"] ?? ""
    }

    /// Starts a cluster in a folder of its own.
    public convenience init(_ arguments: [String] = []) throws { try self.init(isReused: false, arguments) }

    private init(isReused: Bool, _ arguments: [String]) throws {
        self.isReused = isReused
        let folder = FileManager.default.temporaryDirectory.appending(path: "dash-kafka-\(UUID().uuidString)").path
        self.folder = folder
        var output = ""
        let environment = ClassArchive.shared.environment { environment in
            _ = try Self.launch(["start", folder], environment)
            _ = try Self.launch(["stop", folder])
            try FileManager.default.removeItem(atPath: folder)
        }
        // two that start at the same moment may choose the same free port
        for _ in 0..<3 {
            output = try Self.launch(["start", folder] + arguments, environment).output
            if let line = output.split(separator: "\n").first(where: { $0.hasPrefix("KAFKA_BROKERS=") }) {
                brokers = String(line.dropFirst(14))
                values = Dictionary(
                    output.split(separator: "\n").compactMap { line in
                        line.firstIndex(of: "=").map {
                            (String(line[..<$0]), String(line[line.index(after: $0)...]))
                        }
                    },
                    uniquingKeysWith: { $1 }
                )
                return
            }
            _ = try? Self.run(["stop", folder, "--kill"])
            try? FileManager.default.removeItem(atPath: folder)
        }
        throw Failure(description: "Kafka did not start; the launcher said: \(output)")
    }

    deinit {
        if isReused { return KafkaPool.shared.takeBack(KafkaPool.Broker(folder: folder, values: values)) }
        // its data are deleted with it: a clean stop would only take time
        _ = try? Self.run(["stop", folder, "--kill"])
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What the launcher tells of the cluster: `KAFKA_BROKERS` and its like.
    public let values: [String: String]

    /// Runs one of Kafka's own tools against the cluster as its administrator, as `acls --add …`.
    public func tool(_ arguments: String...) throws { try tool(arguments) }

    /// The same.
    public func tool(_ arguments: [String]) throws { _ = try Self.run(["tool", folder] + arguments) }

    /// Kills the broker, or starts it again with the same data.
    public func crash() throws { _ = try Self.run(["stop", folder, "--kill"]) }

    /// Starts a stopped or killed cluster again.
    ///
    /// - Throws: ``Failure`` where it does not answer, also when it is waited for again.
    public func restart() throws {
        for _ in 0..<5 where try Self.launch(["restart", folder]).status == 0 { return }
        throw Failure(description: "Kafka did not start again")
    }

    /// The broker stands still: it keeps its connections and answers nothing, until it is resumed.
    public func pause() throws { _ = try Self.run(["pause", folder]) }

    /// The broker goes on.
    public func resume() throws { _ = try Self.run(["resume", folder]) }

    private static func run(_ arguments: [String]) throws -> String { try launch(arguments).output }

    private static func launch(_ arguments: [String], _ environment: [String: String]? = nil) throws -> (
        output: String, status: Int32
    ) {
        guard let launcher else { throw Failure(description: "there is no launcher") }
        let process = Process()
        process.executableURL = URL(filePath: launcher)
        process.arguments = arguments
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return (String(decoding: data, as: UTF8.self), process.terminationStatus)
    }

    /// What went wrong.
    public struct Failure: Error, CustomStringConvertible {
        /// One sentence.
        public let description: String
    }
}
