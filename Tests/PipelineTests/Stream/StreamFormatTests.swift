import JSON
import Kafka
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// What stands on the topics where another form was asked for.
@Suite(.waits) struct StreamFormatTests {
    @Test func batchesInProtobufAndDeadLettersInDashStreamsFormSayWhatTheyAre() throws {
        let run = try StreamRun(GoldenCase.all[0])
        run.settings.output.format = "protobuf"
        run.settings.dlq.format = "dashstream"
        try run.produce(try Recording(run.golden.recording).records)
        try run.process(FastClock(step: 200))
        let batches = try run.read("reinforce")
        #expect(batches.count > 10)
        for batch in batches {
            #expect(batch.headers.contains(RecordHeader("content-type", "application/x-protobuf")))
            var reader = unsafe ProtobufReader(batch.value.span.bytes, "TrainingBatch")
            var id = ""
            while let tag = try reader.tag() {
                switch tag.field {
                case 2: id = try reader.text(tag).string
                case 1, 3, 4, 7: _ = try reader.varint(tag)
                default: _ = try reader.bytes(tag)
                }
            }
            #expect(batch.headers.contains(RecordHeader("batch-id", id)))
        }
        let dead = try run.read("dash-reinforce-dlq").map { try JSONValue(parsing: $0.value) }
        #expect(dead.count == 20)
        #expect(dead.filter { $0["error_type"]?.text == "schema_error" }.count == 5)
        #expect(dead.allSatisfy { $0["source_topic"]?.text == "dashstream-events" })
    }
}
