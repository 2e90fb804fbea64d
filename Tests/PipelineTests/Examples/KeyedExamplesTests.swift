import DashStream
import JSON
import Reinforce
import Testing

@testable import Pipeline

@Suite struct KeyedExamplesTests {
    /// A record: its key and value.
    private typealias Entry = (key: String, value: String?)

    private func example(_ id: String, _ answer: String = "a") -> String {
        #"{"example_id":"\#(id)","data":{"question":"q","answer":"\#(answer)"},"input_keys":["question"]}"#
    }

    private func fold(_ entries: [Entry]) -> (ids: [String], broken: [PoisonReason]) {
        var keyed = KeyedExamples(needsLabels: true)
        var broken: [PoisonReason] = []
        for entry in entries {
            do throws(Poison) {
                _ = try keyed.take(key: Array(entry.key.utf8), value: entry.value.map { Array($0.utf8) })
            } catch {
                broken.append(error.reason)
            }
        }
        let all = (1...12).map { "ex-\($0)" }
        return (all.filter { keyed.table[Text($0)] != nil }, broken)
    }

    /// What compaction leaves: the last record of each key.
    private func compacted(_ entries: [Entry]) -> [Entry] {
        var last: [String: Int] = [:]
        for (index, entry) in entries.enumerated() { last[entry.key] = index }
        return entries.enumerated().filter { last[$0.element.key] == $0.offset }.map(\.element)
    }

    @Test func aKeySaysWhichRecordIsReplacedAndAValueWhichExampleItIs() {
        #expect(fold([("ex-5", example("ex-6"))]).ids == ["ex-6"])
        // the record is gone, and with it what it has said
        #expect(fold([("ex-5", example("ex-6")), ("ex-5", nil)]).ids == [])
        // nothing was ever said under this key
        #expect(fold([("ex-5", example("ex-6")), ("ex-6", nil)]).ids == ["ex-6"])
        // the key says something else now
        #expect(fold([("ex-5", example("ex-6")), ("ex-5", example("ex-5"))]).ids == ["ex-5"])
        // another key has said it since
        #expect(fold([("ex-5", example("ex-6")), ("ex-6", example("ex-6")), ("ex-5", nil)]).ids == ["ex-6"])
    }

    @Test func compactionChangesNothing() {
        let histories: [[Entry]] = [
            [("ex-1", example("ex-1", "old")), ("ex-1", example("ex-1")), ("ex-2", example("ex-2")), ("ex-2", nil)],
            [("ex-5", example("ex-6")), ("ex-5", nil), ("ex-5", example("ex-7"))],
            [("ex-5", example("ex-6")), ("ex-5", example("ex-5")), ("ex-6", nil)],
            [("\u{1}", example("ex-12")), ("ex-12", nil)],
        ]
        for history in histories { #expect(fold(history).ids == fold(compacted(history)).ids) }
    }

    @Test func whatIsBrokenChangesNothing() {
        let good = ("ex-11", example("ex-11"))
        for (value, reason) in [
            ("{bad", PoisonReason.schemaError), ("", .ioError), ("null", .schemaError),
            ("\u{FEFF}" + example("ex-11"), .schemaError),
            (#"{"example_id":"ex-11","data":{"question":"q"},"input_keys":["question"]}"#, .schemaError),
        ] {
            let found = fold([good, ("ex-11", value)])
            #expect(found.ids == ["ex-11"])
            #expect(found.broken == [reason], "\(value)")
        }
    }
}
