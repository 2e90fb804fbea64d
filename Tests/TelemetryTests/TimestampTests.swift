import Telemetry
import Testing

/// Times as text: of any number, and right where a calendar is.
@Suite struct TimestampTests {
    @Test func knownTimes() {
        #expect(timestamp(0) == "1970-01-01T00:00:00.000Z")
        #expect(timestamp(951_827_696_789) == "2000-02-29T12:34:56.789Z")
        #expect(timestamp(-1) == "1969-12-31T23:59:59.999Z")
        #expect(timestamp(microseconds: 1_763_683_200_188_001) == "2025-11-21T00:00:00.188001Z")
        #expect(timestamp(-62_167_219_200_001) == "-0001-12-31T23:59:59.999Z")
    }

    @Test(arguments: [Int64.min, .min + 1, -62_135_596_800_001, -1, 0, 253_402_300_800_000, .max - 1, .max])
    func noNumberTraps(_ time: Int64) {
        #expect(timestamp(time).hasSuffix("Z"))
        #expect(timestamp(microseconds: time).hasSuffix("Z"))
    }

    @Test func theEndsOfTheNumbersAreTimesToo() {
        #expect(timestamp(.max) == "292278994-08-17T07:12:55.807Z")
        #expect(timestamp(.min) == "-292275055-05-16T16:47:04.192Z")
    }
}
