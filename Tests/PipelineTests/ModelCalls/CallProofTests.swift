import Foundation
import JSON
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce
@testable import StoredBatches
@testable import Verification

/// Tokens and chats are proven: what is changed in a record is found.
@Suite struct CallProofTests {
    private func verify(
        _ change: (inout JSONObject) -> Void,
        _ options: (inout ReplayOptions) -> Void = { _ in }
    ) throws -> VerificationReport {
        let golden = try CallGolden()
        let folder = try TemporaryFolder()
        var configured = golden.options
        options(&configured)
        configured.output = folder.file("b.jsonl")
        _ = try Replay(configured).run()
        var lines: [String] = []
        for batch in try folder.lines("b.jsonl") { lines.append(Self.changed(batch, change).canonicalText) }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: folder.file("b.jsonl")))
        configured.output = nil
        let verification = Verification(configured, batches: .file(folder.file("b.jsonl")), settings: Settings())
        return try #require(try verification.run())
    }

    /// The batch with every call of the thread `plain-00-0` changed.
    private static func changed(_ value: JSONValue, _ change: (inout JSONObject) -> Void) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map { changed($0, change) })
        case .object(var object):
            let isWanted = object["thread_id"] == .string("plain-00-0")
            for key in object.keys {
                guard let inner = object[key] else { continue }
                if isWanted, key == "calls", case .array(let calls) = inner {
                    object[key] = .array(
                        calls.map { call in
                            guard case .object(var fields) = call else { return call }
                            change(&fields)
                            return .object(fields)
                        }
                    )
                } else if ["groups", "rollouts"].contains(key) {
                    object[key] = changed(inner, change)
                }
            }
            return .object(object)
        default: return value
        }
    }

    @Test func whatIsWrittenIsProven() throws {
        let report = try verify { _ in }
        #expect(report.differences == [])
        #expect(report.verified == 65)
    }

    @Test(arguments: ["token_ids", "logprobs", "loss_mask", "prompt", "completion", "status", "tools", "finish_reason"])
    func aChangedFieldIsFound(_ field: String) throws {
        let report = try verify { $0[Text(field)] = .string("changed") }
        #expect(report.verified == 64)
        #expect(report.differences.contains { $0.field == "calls[0.r-1].\(field)" && $0.thread == "plain-00-0" })
    }

    @Test func aCallThatIsTakenOutIsFound() throws {
        let report = try verify { $0["call_index"] = .integer(7) }
        #expect(report.differences.contains { $0.thread == "plain-00-0" && $0.field == "calls" })
    }

    @Test(arguments: [BatchConfiguration.Calls.tokens, .text, .none])
    func whatTheSettingsLeaveOutIsNoDifference(_ calls: BatchConfiguration.Calls) throws {
        let report = try verify({ _ in }) { options in
            options.batches.calls = calls
            options.batches.samples = .none
        }
        #expect(report.differences == [])
        #expect(report.verified == 65)
    }
}
