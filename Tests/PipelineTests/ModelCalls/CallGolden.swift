import JSON
import TestSupport

@testable import Files
@testable import Pipeline
@testable import Reinforce

/// The recording with model calls, and what an independent program makes of it.
struct CallGolden {
    let expected: JSONValue
    let options: ReplayOptions

    private static let document = Result {
        let bytes = try ZstdBytes(FileBytes(Fixture.path("golden/calls/expected.json.zst")), path: "expected")
        var text: [UInt8] = []
        while try bytes.read(into: &text, atMost: 1 << 20) > 0 {}
        return try JSONValue(parsing: text)
    }

    init() throws {
        expected = try Self.document.get()
        let (examples, _) = ExampleTable.read(lines: try Fixture.bytes("golden/calls/examples.jsonl"))
        var options = ReplayOptions(
            input: Fixture.path("golden/calls/run.dsrun"),
            examples: examples,
            estimator: .dashflow
        )
        options.threads = 1
        options.groups.minUsable = 1
        options.batches.groupsPerBatch = 1
        self.options = options
    }

    /// The expected groups by tenant and name.
    var emitted: [(name: String, group: JSONValue)] { (expected["emitted"]?.list ?? []).map { (Self.name($0), $0) } }

    static func name(_ group: JSONValue) -> String {
        "\(group["tenant_id"]?.text ?? "")/\(group["group_id"]?.text ?? "")"
    }

    /// The batches that a replay writes, in the JSON form.
    func batches(_ change: (inout ReplayOptions) -> Void = { _ in }) throws -> [JSONValue] {
        let folder = try TemporaryFolder()
        var options = options
        change(&options)
        options.output = folder.file(options.batches.format == .json ? "b.jsonl" : "b.pb")
        _ = try Replay(options).run()
        guard options.batches.format == .protobuf else { return try folder.lines("b.jsonl") }
        let bytes = try folder.bytes("b.pb")
        var batches: [JSONValue] = []
        var at = 0
        while at < bytes.count {
            var head = unsafe StoredReader(bytes.span.bytes, at: at)
            guard let count = head.varint() else { break }
            batches.append(try JSONValue(trainingBatch: Array(bytes[head.offset..<head.offset + Int(count)])))
            at = head.offset + Int(count)
        }
        return batches
    }

    /// The groups of batches by tenant and name.
    static func groups(_ batches: [JSONValue]) -> [String: JSONValue] {
        var groups: [String: JSONValue] = [:]
        for batch in batches {
            for group in batch["groups"]?.list ?? [] {
                groups["\(batch["tenant_id"]?.text ?? "")/\(group["group_id"]?.text ?? "")"] = group
            }
        }
        return groups
    }
}
