import Foundation
import JSON
import Settings
import TestSupport

@testable import Pipeline
@testable import Reinforce
@testable import StoredBatches
@testable import Verification

/// The batches of the golden run, to be changed by a test and verified.
struct BatchFile {
    let golden = GoldenCase.all[0]
    let folder: TemporaryFolder
    var batches: [JSONValue]

    /// The golden run, replayed once for all tests.
    private static let written = Result {
        let folder = try TemporaryFolder()
        _ = try Replay(try options(folder)).run()
        return try folder.bytes("batches.jsonl")
    }
    private static let recomputed = Result {
        try Verification(try options(), batches: .file(""), settings: Settings()).recompute() ?? RecomputedGroups()
    }

    private static func options(_ folder: TemporaryFolder? = nil) throws -> ReplayOptions {
        var options = try GoldenCase.all[0].options(folder)
        options.groups.minUsable = 2
        return options
    }

    init() throws {
        folder = try TemporaryFolder()
        try Data(try Self.written.get()).write(to: URL(filePath: folder.file("batches.jsonl")))
        batches = try folder.lines("batches.jsonl")
    }

    var path: String { folder.file("batches.jsonl") }

    /// Changes a group in place.
    mutating func change(_ batch: Int, _ group: Int, _ body: (inout JSONObject) -> Void) {
        guard case .object(var object) = batches[batch], case .array(var groups)? = object["groups"],
            case .object(var inner) = groups[group]
        else { return }
        body(&inner)
        groups[group] = .object(inner)
        object["groups"] = .array(groups)
        batches[batch] = .object(object)
    }

    /// Changes a rollout in place.
    mutating func change(_ batch: Int, _ group: Int, _ rollout: Int, _ body: (inout JSONObject) -> Void) {
        change(batch, group) { inner in
            guard case .array(var rollouts)? = inner["rollouts"], case .object(var one) = rollouts[rollout] else {
                return
            }
            body(&one)
            rollouts[rollout] = .object(one)
            inner["rollouts"] = .array(rollouts)
        }
    }

    /// Changes the groups of a batch.
    mutating func changeGroups(_ batch: Int, _ body: (inout [JSONValue]) -> Void) {
        guard case .object(var object) = batches[batch], case .array(var groups)? = object["groups"] else { return }
        body(&groups)
        object["groups"] = .array(groups)
        batches[batch] = .object(object)
    }

    /// Makes every digest and batch id fit what is written, as a careful forger would.
    mutating func seal() throws {
        for index in batches.indices {
            let stored = try StoredBatch(batches[index].canonicalBytes, "")
            for (at, group) in stored.groups.enumerated() {
                let digest = group.computedDigest(batches[index]["estimator"] ?? .null) ?? ""
                change(index, at) { $0["digest"] = .string(Text(digest)) }
            }
            guard case .object(var object) = batches[index] else { continue }
            object["batch_id"] = .string(Text(try StoredBatch(batches[index].canonicalBytes, "").computedID))
            batches[index] = .object(object)
        }
    }

    func write() throws {
        let lines = batches.map { String(decoding: $0.canonicalBytes, as: UTF8.self) + "\n" }.joined()
        try Data(lines.utf8).write(to: URL(filePath: path))
    }

    /// Verifies what is written now.
    func verify() throws -> VerificationReport {
        try Verification(try Self.options(), batches: .file(path), settings: Settings())
            .check(against: try Self.recomputed.get())
    }

    /// Verifies what is written now by other rules.
    func verify(_ change: (inout ReplayOptions) -> Void) throws -> VerificationReport? {
        var options = try Self.options()
        change(&options)
        return try Verification(options, batches: .file(path), settings: Settings()).run()
    }
}
