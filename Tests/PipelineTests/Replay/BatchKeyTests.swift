import EmbeddedKafka
import Foundation
import JSON
import Kafka
import Settings
import TestSupport
import Testing

@testable import Inspection
@testable import Pipeline
@testable import Reinforce

/// What a batch's record is keyed by, and that `run` and `replay` write the same record.
@Suite(.waits) struct BatchKeyTests {
    private let golden = GoldenCase.all[0]

    /// A batch's record, as `replay --out topic:NAME` writes it, and what stands in it.
    private func written(_ change: (inout BatchConfiguration) -> Void) throws -> [LogRecord] {
        let topic = try TopicFixture()
        try topic.create("reinforce", partitions: 4)
        var options = try golden.options()
        change(&options.batches)
        options.outputTopic = OutputTopic(topic.client, name: "reinforce", transactionalID: "t")
        _ = try Replay(options).run()
        var records: [LogRecord] = []
        try LogSource.topics(topic.range(["reinforce"])).forEach { records.append($0) }
        return records
    }

    private func value(_ record: LogRecord) throws -> JSONValue { try JSONValue(parsing: record.value ?? []) }

    private func header(_ record: LogRecord, _ name: String) -> String? {
        record.headers.last { $0.name == name }?.value.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func batchesOfSeveralGroupsSpreadOverThePartitions() throws {
        let records = try written { _ in }
        #expect(records.count > 10)
        for record in records {
            let id = try value(record)["batch_id"]?.text
            #expect(record.key.map { String(decoding: $0, as: UTF8.self) } == id)
            #expect(header(record, "batch-id") == id)
            #expect(header(record, "content-type") == "application/json")
            #expect(header(record, "schema-version") == "1")
            #expect(header(record, "estimator") == "dashflow")
        }
        #expect(Set(records.map(\.partition)).count == 4)
    }

    @Test func aBatchIsKeyedByItsGroupOrItsTenantOnRequest() throws {
        for record in try written({ ($0.key, $0.groupsPerBatch) = (.group, 1) }) {
            guard case .array(let groups)? = try value(record)["groups"] else {
                Issue.record("no groups")
                continue
            }
            #expect(groups.count == 1)
            #expect(record.key.map { String(decoding: $0, as: UTF8.self) } == groups[0]["group_id"]?.text)
        }
        let records = try written { $0.key = .tenant }
        for record in records {
            #expect(record.key.map { String(decoding: $0, as: UTF8.self) } == (try value(record)["tenant_id"]?.text))
        }
        for (_, same) in Dictionary(grouping: records, by: \.key) { #expect(Set(same.map(\.partition)).count == 1) }
    }

    /// The settings reach both places that write batches.
    @Test(arguments: ["batch", "group", "tenant"]) func theSettingReachesTheRules(_ key: String) {
        var settings = Settings()
        settings.output.key = key
        #expect(settings.batchConfiguration().key.rawValue == key)
    }
}
