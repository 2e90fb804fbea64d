import DashStream
import Foundation
import JSON
import Reinforce

/// Writes threads as an agent would, for tests that need their own.
struct Trace {
    private(set) var recording = Recording()
    private var messages: UInt64 = 0

    /// A complete run: start with pairing, one node that sets `answer` (and more), end.
    mutating func thread(
        _ id: String,
        example: String,
        group: String,
        slot: Int,
        of size: Int,
        answer: String,
        extra: [(Text, JSONValue)] = [],
        tenant: String = "t",
        reward: Double? = nil
    ) {
        var state = JSONObject([("question", .string("q"))])
        var sequence: UInt64 = 0
        func header() -> OutgoingHeader {
            sequence += 1
            return OutgoingHeader(
                messageID: nextID(),
                timestampMicroseconds: 1_700_000_000_000_000 + Int64(sequence),
                tenantID: tenant,
                threadID: id,
                sequence: sequence
            )
        }
        append(
            id,
            .event(
                header(),
                type: 1,
                attributes: [
                    ("initial_state_json", .string(JSONValue.object(state).canonicalText)),
                    ("example_id", .string(example)),
                    ("group_id", .string(group)), ("rollout_index", .integer(Int64(slot))),
                    ("group_size", .integer(Int64(size))), ("policy_version", .integer(1)),
                ]
            )
        )
        append(id, .event(header(), type: 10, node: "n"))
        var operations: [OutgoingMessage.Operation] = []
        for (key, value) in [("answer", .string(Text(answer)))] + extra {
            state[key] = value
            operations.append(.init(op: 0, path: "/\(key.string)", value: value.canonicalBytes))
        }
        let hash = sha256(JSONValue.object(state).canonicalBytes)
        append(id, .stateDiff(header(), operations: operations, hash: hash))
        let judged: [(String, OutgoingAttribute)] = reward.map { [("rl.reward.judge", .float($0))] } ?? []
        append(id, .event(header(), type: 11, node: "n", attributes: judged, duration: 5))
        append(id, .event(header(), type: 2))
    }

    /// A message of its own making.
    mutating func append(_ key: String, _ message: OutgoingMessage) { append(key, FrameEncoder().encode(message)) }

    /// A payload of its own making; nil: a tombstone.
    mutating func append(_ key: String, _ payload: [UInt8]?) {
        recording.append(
            key: Array(key.utf8),
            payload: payload,
            timestamp: 1_700_000_000_000 + Int64(recording.records.count)
        )
    }

    /// A header for a message of its own making.
    mutating func header(_ thread: String, _ sequence: UInt64, tenant: String = "t") -> OutgoingHeader {
        OutgoingHeader(
            messageID: nextID(),
            timestampMicroseconds: 1_700_000_000_000_000 + Int64(sequence),
            tenantID: tenant,
            threadID: thread,
            sequence: sequence
        )
    }

    private mutating func nextID() -> [UInt8] {
        messages += 1
        return (0..<16).map { UInt8(truncatingIfNeeded: messages >> (8 * $0)) }
    }

    /// Writes it to a file.
    func write(_ path: String) throws { try Data(recording.bytes).write(to: URL(filePath: path)) }
}

extension Recording {
    init() {}

    /// Appends a record to its key's partition of four.
    mutating func append(key: [UInt8], payload: [UInt8]?, timestamp: Int64) {
        let partition = UInt16(Self.crc32(key) % 4)
        var rest: [UInt8] = []
        Self.append(&rest, Int(timestamp), 8)
        Self.append(&rest, key.count, 2)
        rest += key
        Self.append(&rest, 0, 2)
        Self.append(&rest, payload?.count ?? 0xFFFF_FFFF, 4)
        rest += payload ?? []
        let offset = nextOffsets[partition] ?? UInt64(records.count { $0.partition == partition })
        nextOffsets[partition] = offset + 1
        records.append(Record(partition: partition, offset: offset, rest: rest, key: key))
    }
}

/// Runs the program itself.
struct Tool {
    let code: Int32
    let out: String
    let error: String

    init(_ arguments: String...) throws { try self.init(arguments: arguments) }

    /// Where the program is.
    static var path: String {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "dash-reinforce").path
    }

    /// - Parameter environment: variables beside those of the test.
    init(arguments: [String], environment: [String: String] = [:]) throws {
        try self.init(Self.path, arguments, environment)
    }

    /// Runs a shell's line, for pipes and limits.
    init(shell line: String) throws { try self.init("/bin/sh", ["-c", line], [:]) }

    private init(_ program: String, _ arguments: [String], _ environment: [String: String]) throws {
        let process = Process()
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let folder = try TemporaryFiles()
        process.standardOutput = folder.out
        process.standardError = folder.error
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        code = process.terminationStatus
        (out, error) = folder.text
    }

    /// Files rather than pipes: nothing can block on them.
    private final class TemporaryFiles {
        private let base = FileManager.default.temporaryDirectory.appending(path: "dash-tool-\(UUID().uuidString)").path
        let out: FileHandle
        let error: FileHandle

        init() throws {
            for name in ["out", "err"] { _ = FileManager.default.createFile(atPath: base + name, contents: nil) }
            out = try FileHandle(forWritingTo: URL(filePath: base + "out"))
            error = try FileHandle(forWritingTo: URL(filePath: base + "err"))
        }

        var text: (String, String) {
            let read = { (name: String) in (try? String(contentsOfFile: self.base + name, encoding: .utf8)) ?? "" }
            return (read("out"), read("err"))
        }

        deinit { for name in ["out", "err"] { try? FileManager.default.removeItem(atPath: base + name) } }
    }
}
