import Synchronization
import Telemetry
import Testing

@Suite struct LoggerTests {
    private func line(_ format: LogFormat, _ body: (Logger) -> Void, secrets: [String] = []) -> String {
        let lines = Mutex<[String]>([])
        let logger = Logger(format: format, secrets: secrets, now: { 1_763_683_200_123 }) { bytes in
            lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
        body(logger)
        return lines.withLock { $0.joined() }
    }

    @Test func textLinesHaveTimeLevelMessageAndValues() {
        let text = line(.text, { $0.info("hello", ["count": 3, "name": "a b", "topic": "t"]) })
        #expect(text == "2025-11-21T00:00:00.123Z info hello count=3 name=\"a b\" topic=t\n")
    }

    @Test func jsonLinesAreJSON() {
        let text = line(.json, { $0.warning("say \"it\"", ["n": .number(1.5), "t": "\u{1}"]) })
        #expect(
            text
                == #"{"time":"2025-11-21T00:00:00.123Z","level":"warning","message":"say \"it\"","n":1.5,"t":"\u0001"}"#
                + "\n"
        )
    }

    @Test func linesBelowTheLevelAreNotWritten() { #expect(line(.text, { $0.debug("no") }) == "") }

    @Test func aValueCannotBeginALineOfItsOwn() {
        let text = line(.text, { $0.info("a\nb", ["x": "1\n2025 error forged", "e": "\u{1B}[31m"]) })
        #expect(text.filter { $0 == "\n" }.count == 1)
        #expect(!text.contains("\u{1B}"))
    }

    @Test func secretsAreHiddenWhereverTheyStand() {
        let text = line(.text, { $0.error("password hunter2!", ["url": "x://u:hunter2!@h"]) }, secrets: ["hunter2!"])
        #expect(!text.contains("hunter2!"))
    }

    @Test func timesOfLongAgoAndFarAheadAreRight() {
        #expect(timestamp(0) == "1970-01-01T00:00:00.000Z")
        #expect(timestamp(951_782_400_000) == "2000-02-29T00:00:00.000Z")
        #expect(timestamp(4_107_542_399_999) == "2100-02-28T23:59:59.999Z")
        #expect(timestamp(-1) == "1969-12-31T23:59:59.999Z")
    }
}
