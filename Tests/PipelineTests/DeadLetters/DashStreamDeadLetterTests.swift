import DashStream
import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// Dead letters in DashStream's own form.
@Suite struct DashStreamDeadLetterTests {
    private func letter(_ payload: [UInt8]?, offset: Int64 = 42, traceparent: String? = nil) throws -> JSONValue {
        let letter = DashStreamDeadLetter(
            poison: Poison(.schemaError, "schema version 3", byte: 4),
            topic: "dashstream-events",
            partition: 3,
            offset: offset,
            thread: "t-1",
            traceparent: traceparent,
            consumer: "dash-reinforce",
            time: 1_763_971_200_123
        )
        guard let payload else { return try JSONValue(parsing: letter.json(nil)) }
        return try JSONValue(parsing: unsafe letter.json(payload.span.bytes))
    }

    @Test func aRecordIsThereWithWhatIsWrongAndWhere() throws {
        let found = try letter([0, 1, 2, 255])
        #expect(found["original_payload_base64"]?.text == "AAEC/w==")
        #expect(found["error"]?.text == "schema version 3")
        #expect(found["error_type"]?.text == "schema_error")
        #expect(found["source_topic"]?.text == "dashstream-events")
        #expect(found["source_partition"]?.int == 3)
        #expect(found["source_offset"]?.int == 42)
        #expect(found["timestamp"]?.text == "2025-11-24T08:00:00.123Z")
        #expect(found["consumer_id"]?.text == "dash-reinforce")
        #expect(found["thread_id"]?.text == "t-1")
        #expect(found["original_payload_truncated"] == nil)
        #expect(found["parent_trace_id"] == nil)
    }

    @Test func aNullPayloadIsEmpty() throws {
        #expect(try letter(nil)["original_payload_base64"]?.text == "")
    }

    @Test func aLargePayloadIsCutAndItsHashIsOfTheWhole() throws {
        let payload = [UInt8](repeating: 7, count: 512 << 10) + [8]
        let found = try letter(payload)
        #expect(found["original_payload_size_bytes"]?.int == payload.count)
        #expect(found["original_payload_included_bytes"]?.int == 512 << 10)
        #expect(found["original_payload_truncated"]?.flag == true)
        #expect(found["original_payload_sha256"]?.text == sha256(payload).hexadecimal)
        let text = try #require(found["original_payload_base64"]?.text)
        #expect(Data(base64Encoded: text) == Data(payload.dropLast()))
        #expect(try letter(Array(payload.dropLast()))["original_payload_truncated"] == nil)
    }

    @Test func theTraceIsThatOfThePlaceAndItsParentThatOfTheHeader() throws {
        let trace = try #require(try letter([1])["trace_id"]?.text)
        #expect(UUID(uuidString: trace) != nil)
        #expect(try letter([2])["trace_id"]?.text == trace)
        #expect(try letter([1], offset: 43)["trace_id"]?.text != trace)
        let parent = try letter([1], traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        #expect(parent["parent_trace_id"]?.text == "0af7651916cd43dd8448eb211c80319c")
        #expect(parent["span_id"]?.text == "b7ad6b7169203331")
        #expect(try letter([1], traceparent: "garbage")["span_id"] == nil)
    }
}
