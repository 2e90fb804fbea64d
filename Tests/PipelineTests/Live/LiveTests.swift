import Foundation
import JSON
import Kafka
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// The processor beside the embedded broker.
@Suite(.serialized) struct LiveTests {
    struct Crash: Error {}

    /// Live time passes by the clock, so every deadline has fired once this long was waited at the end.
    @Test(arguments: [GoldenCase.all[0], GoldenCase.all[1]])
    func aLiveRunGivesTheSameGroupsAsAReplay(_ golden: GoldenCase) throws {
        let live = try LiveRun(golden)
        let recording = try Recording(golden.recording)
        try live.produce(recording.records)
        let expected = try live.replayedDigests()
        try live.process(FastClock(step: 200)) { $0.counts.batches > 0 && $0.groups.openCount == 0 && $0.isQuiet }
        let found = try live.digests()
        #expect(found.mapValues(\.count).values.allSatisfy { $0 == 1 })
        expectSame(found, expected)
        let dead = try live.read("dash-reinforce-dlq")
        #expect(dead.count == 20)
        let reasons = dead.map { record in
            record.headers.first { $0.name == "__dash_reinforce.errors.reason" }?.value ?? []
        }
        #expect(reasons.filter { $0 == Array("schema_error".utf8) }.count == 5)
    }

    /// Stopped after random numbers of records, over and over: nothing is lost, and no group comes with other members.
    @Test(arguments: [1, 2])
    func restartsLoseNothingAndChangeNoGroup(_ seed: UInt64) throws {
        let live = try LiveRun(GoldenCase.all[0])
        let recording = try Recording(live.golden.recording)
        try live.produce(recording.records)
        let expected = try live.replayedDigests()
        var random = seed &* 0x9E37_79B9_7F4A_7C15
        for _ in 0..<2 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let limit = 200 + Int(random >> 33) % 1500
            // ends without its last commit, as a crash would
            #expect(throws: Crash.self) {
                try live.process(FastClock(step: 20), onRecord: { if $0.counts.records == limit { throw Crash() } }) {
                    _ in
                    false
                }
            }
        }
        try live.process(FastClock(step: 200)) { $0.counts.batches > 0 && $0.groups.openCount == 0 && $0.isQuiet }
        let found = try live.digests()
        expectSame(found, expected)
    }

    @Test func batchesInProtobufAndDeadLettersInDashStreamsFormSayWhatTheyAre() throws {
        let live = try LiveRun(GoldenCase.all[0])
        live.settings.output.format = "protobuf"
        live.settings.dlq.format = "dashstream"
        try live.produce(try Recording(live.golden.recording).records)
        try live.process(FastClock(step: 200)) { $0.counts.batches > 0 && $0.groups.openCount == 0 && $0.isQuiet }
        let batches = try live.read("reinforce")
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
        let dead = try live.read("dash-reinforce-dlq").map { try JSONValue(parsing: $0.value) }
        #expect(dead.count == 20)
        #expect(dead.filter { $0["error_type"]?.text == "schema_error" }.count == 5)
        #expect(dead.allSatisfy { $0["source_topic"]?.text == "dashstream-events" })
    }

    private func expectSame(_ found: [String: [String]], _ expected: [String: String]) {
        #expect(Set(expected.keys).subtracting(found.keys).sorted() == [])
        #expect(Set(found.keys).subtracting(expected.keys).sorted() == [])
        for (name, digests) in found { #expect(Set(digests) == [expected[name] ?? ""], "\(name)") }
    }
}
