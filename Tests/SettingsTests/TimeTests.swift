import Settings
import Testing

/// Times that people write: nothing is guessed, nothing rolls over.
@Suite struct TimeTests {
    private func milliseconds(_ text: String) throws -> Int64 { try Time(parsing: text).milliseconds }

    private func problem(_ text: String) -> String {
        do throws(TimeProblem) {
            return "read as \(try Time(parsing: text).milliseconds)"
        } catch {
            return error.description
        }
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-24T08:00:00Z", 1_795_507_200_000),
            ("2026-11-24T09:00:00+01:00", 1_795_507_200_000), ("2026-11-24T02:30:00-0530", 1_795_507_200_000),
            ("2026-11-24T10:00:00+02", 1_795_507_200_000), ("2026-11-24T08:00Z", 1_795_507_200_000),
            ("2026-11-24t08:00:00z", 1_795_507_200_000), ("2026-11-24T08:00:00.250Z", 1_795_507_200_250),
            ("2026-11-24T08:00:00,2505Z", 1_795_507_200_251), ("2026-11-24T07:59:59.9999Z", 1_795_507_200_000),
            ("2000-02-29T12:34:56Z", 951_827_696_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("2024-12-31T23:59:59Z", 1_735_689_599_000), ("2100-03-01T00:00:00Z", 4_107_542_400_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)]
    )
    func timesAreRead(_ text: String, _ expected: Int64) throws {
        #expect(try milliseconds(text) == expected)
    }

    @Test(arguments: [
        ("2026-02-30T00:00:00Z", "month 02 of 2026 has the days 01 to 28"),
        ("2100-02-29T00:00:00Z", "month 02 of 2100 has the days 01 to 28"),
        ("2026-04-31T00:00:00Z", "month 04 of 2026 has the days 01 to 30"), ("2026-03-00T00:00:00Z", "does not exist"),
        ("2026-13-01T00:00:00Z", "month 13"), ("2026-00-01T00:00:00Z", "month 00"),
        ("2026-03-02T25:00:00Z", "hour 25"), ("2026-03-02T24:00:00Z", "hour 24"),
        ("2026-03-02T23:60:00Z", "minute 60"), ("2026-03-02T23:00:60Z", "second 60"),
        ("2026-03-02T00:00:00+24:00", "hour 24"), ("2026-03-02T00:00:00+01:60", "minute 60"),
    ])
    func whatDoesNotExistIsRefused(_ text: String, _ expected: String) {
        #expect(problem(text).contains(expected), "\(problem(text))")
        #expect(problem(text).contains("as in 2026-11-24T08:00:00Z"))
    }

    @Test(arguments: ["2026-03-02T00:00:00", "2026-03-02T00:00", "2026-03-02T00:00:00.5"])
    func aTimeWithoutAZoneIsRefusedWithThatWord(_ text: String) {
        #expect(problem(text).contains("has no zone"))
        #expect(problem(text).contains("2026-11-24T08:00:00Z"))
    }

    @Test(arguments: [
        ("26-03-02T00:00:00Z", "a year of 2 digits"), ("12026-03-02T00:00:00Z", "a year of 5 digits"),
        ("2026-03-02", "no time of day"), ("2026-03-02 00:00:00Z", "needs a T"), ("2026-3-2T00:00:00Z", "two digits"),
        ("2026-03-02T8:00:00Z", "two digits for the hours"), ("2026-03-02T08Z", "no minutes"),
        ("2026-03-02T08:00:00.Z", "1 to 9 digits"), ("2026-03-02T08:00:00.1234567890Z", "1 to 9 digits"),
        ("1969-12-31T23:59:59.999Z", "before 1970"), ("1970-01-01T00:00:00+00:01", "before 1970"),
        ("Tomorrow", "is not a time"), ("T", "is not a time"), ("", "is not a time"),
        ("2026-03-02T00:00:00Zulu", "is not a time"), ("2026-03-02T00:00:00 Z", "is not a time"),
        ("2026-03-02T00:00:00+", "two digits"), ("２０２６-03-02T00:00:00Z", "is not a time"),
        ("-2026-03-02T00:00:00Z", "is not a time"),
    ])
    func whatIsWrittenOtherwiseIsRefused(_ text: String, _ expected: String) {
        #expect(problem(text).contains(expected), "\(problem(text))")
    }

    @Test(arguments: [
        ("2026-03-02T00:00:00", true), ("26-03-02T00:00:00", true), ("2026-03-02", true), ("2026-02-30 8:00", true),
        ("0:1000,1:950", false), ("events:0:5", false), ("2026-03-02:0:5", false), ("my-topic-2:0:5", false),
        ("earliest", false), ("", false), ("1-2", false), ("--", false),
    ])
    func whatBeginsLikeADateIsMeantAsATime(_ text: String, _ isMeant: Bool) {
        #expect(Time.isMeant(by: text) == isMeant)
    }

    /// Any text is either read or refused with a sentence that shows it.
    @Test func nothingTraps() {
        var random: UInt64 = 7
        let letters = Array("0123456789-T:Z+.,tz é")
        for _ in 0..<20_000 {
            var text = "2026-03-02T00:00:00Z"
            for _ in 0..<3 {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                var characters = Array(text)
                let place = Int(random >> 33) % characters.count
                characters[place] = letters[Int(random >> 40) % letters.count]
                text = String(characters)
            }
            let said = problem(text)
            #expect(said.hasPrefix("read as ") || said.hasPrefix("`\(text)` "))
        }
    }
}
