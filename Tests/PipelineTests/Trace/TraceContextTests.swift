import JSON
import TestSupport
import Testing

@testable import Pipeline

@Suite struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    @Test func aTraceparentIsRead() {
        let context = TraceContext("00-\(Self.trace)-\(Self.span)-01")
        #expect(context?.trace == Self.trace && context?.span == Self.span)
        // later versions may say more
        #expect(TraceContext("01-\(Self.trace)-\(Self.span)-01-more") != nil)
    }

    @Test(arguments: [
        "", "00", "garbage", "00-\(trace)-\(span)", "00-\(trace)-\(span)-01-more", "ff-\(trace)-\(span)-01",
        "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
        "00-\(trace.uppercased())-\(span)-01", "00-\(trace)x-\(span)-01", "00-\(trace)-\(span)-01\n", "00--\(span)-01",
        "00-\(trace)-\(span)-0g", "00-\(trace)-\(span)-011", "01-\(trace)-\(span)-01more", "0-\(trace)-\(span)-01",
        "00_\(trace)-\(span)-01", "00-\(trace)-\(span)é-01",
        String(repeating: "0", count: 100_000),
    ])
    func whatIsNoneIsNotRead(_ text: String) { #expect(TraceContext(text) == nil) }

    @Test func aSpanOfItsOwnIsOneThatOthersCanRead() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            let context = TraceContext(random: &random)
            #expect(TraceContext("00-\(context.trace)-\(context.span)-01") == context)
        }
    }

    @Test func aSpanIsWrittenAsCollectorsReadIt() throws {
        var span = TraceSpan("commit", took: 250, end: 1_700_000_000_000)
        span.attributes = [("records", .integer(3)), ("group", .text("a\"b"))]
        span.links = [try #require(TraceContext("00-\(Self.trace)-\(Self.span)-01"))]
        span.problem = "aborted"
        var writer = JSONWriter()
        span.write(to: &writer)
        let value = try JSONValue(parsing: writer.bytes)
        #expect(value["startTimeUnixNano"]?.text == "1699999999750000000")
        #expect(value["endTimeUnixNano"]?.text == "1700000000000000000")
        #expect(value["attributes"]?.list.first?["value"]?["intValue"]?.text == "3")
        #expect(value["attributes"]?.list.last?["value"]?["stringValue"]?.text == "a\"b")
        #expect(value["links"]?.list.first?["traceId"]?.text == Self.trace)
        #expect(value["status"]?["code"]?.asInteger == 2)
    }

    @Test func noTimeTraps() {
        #expect(TraceSpan("x", took: .min, end: .max).start == .max)
        #expect(TraceSpan("x", took: .max, end: .min).start == 0)
    }
}
