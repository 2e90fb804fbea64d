import Foundation
import JSON
import TestSupport
import Testing

@testable import Reinforce

/// The schemas that are committed against the table that records are written by. `DASH_WRITE_SCHEMAS=1` writes them anew.
@Suite struct RecordSchemaTests {
    @Test(arguments: ["reinforce.proto", "reinforce.schema.json"])
    func theCommittedSchemaIsThatOfTheTable(_ name: String) throws {
        let own = name.hasSuffix(".proto") ? RecordShape.proto : RecordShape.schema
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/\(name)")
        if ProcessInfo.processInfo.environment["DASH_WRITE_SCHEMAS"] == "1" {
            try Data(own.utf8).write(to: file)
        }
        let committed = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(
            committed == own,
            "docs/\(name) is not what the table gives: DASH_WRITE_SCHEMAS=1 swift test --filter RecordSchemaTests"
        )
    }

    @Test func everyNumberOfAMessageIsTakenOnce() {
        let messages = RecordTable<BatchRow>.batch.shape.messages
        #expect(messages.count > 8)
        for message in messages {
            let numbers = message.fields.map(\.number).filter { $0 > 0 }
            #expect(Set(numbers).count == numbers.count, "\(message.name)")
            let names = message.fields.filter { $0.number > 0 }.map(\.key)
            #expect(Set(names).count == names.count, "\(message.name)")
        }
    }

    /// A number that was given once is never given to anything else: readers of the version before depend on it.
    @Test func numbersOfTheFirstVersionStay() throws {
        let shapes = Dictionary(
            uniqueKeysWithValues: RecordTable<BatchRow>.batch.shape.messages.map { ("\($0.name)", $0) }
        )
        let first: [String: [UInt32: String]] = [
            "TrainingBatch": [1: "schema_version", 2: "batch_id", 8: "estimator", 10: "groups"],
            "Group": [1: "group_id", 10: "revision", 11: "supersedes", 12: "digest", 13: "stats", 14: "rollouts"],
            "Rollout": [1: "thread_id", 5: "votes", 10: "advantage", 11: "weight", 18: "traceparent", 19: "samples"],
            "Sample": [4: "prompt", 5: "completion", 8: "advantage", 13: "token_ids", 18: "token_source"],
        ]
        for (message, fields) in first {
            for (number, name) in fields { #expect(shapes[message]?.field(number)?.key == Text(name), "\(message)") }
        }
    }
}
