import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Reinforce
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Pipeline

/// What `run` says while it works.
@Suite(.waits) struct StreamNoticeTests {
    @Test func everyReasonIsOneWarningAndTheWorkIsOneLine() throws {
        let run = try StreamRun(GoldenCase.all[0])
        try run.produce(try Recording(run.golden.recording).records)
        let processor = try run.process(FastClock(step: 200))
        let lines = run.lines.withLock { $0 }
        #expect(!processor.counts.excluded.isEmpty)
        for reason in processor.counts.excluded.keys {
            let found = lines.filter { $0.contains(" warning excluded: \(reason.rawValue): ") }
            #expect(found.count == 1, "\(reason)")
            #expect(found.allSatisfy { $0.contains(" at=dashstream-events[") && $0.contains(" do=\"") })
        }
        for reason in processor.counts.deadLetterReasons.keys {
            #expect(lines.filter { $0.contains(" warning dead letter: \(reason): ") }.count == 1, "\(reason)")
        }
        #expect(processor.counts.deadLetterReasons.values.reduce(0, +) == processor.counts.deadLetters)
        #expect(processor.counts.duplicates > 0 && processor.counts.late > 0)
        #expect(lines.contains { $0.contains(" warning odd input: late_message: ") })
        #expect(lines.contains { $0.contains(" rec/s · lag ") && $0.contains(" · open ") })
        #expect(lines.contains { $0.contains(" info stopped: ") && $0.contains(" batches") })
        for start in [
            "instance name=one group=dash-reinforce", "reading topics=", "estimator preset=", "delivery promise=",
        ] {
            #expect(lines.contains { $0.contains(" info " + start) }, "\(start)")
        }
    }

    /// The same log again under the same thread ids: nothing comes of it, and that is said.
    @Test func threadsThatComeASecondTimeAreNamed() throws {
        let run = try StreamRun(GoldenCase.all[0])
        let records = try Recording(run.golden.recording).records
        try run.produce(records)
        let first = try run.process(FastClock(step: 200))
        try run.produce(records)
        let target = first.status.recordsRead + records.count
        let second = try run.process(FastClock(step: 200)) { $0.isQuiet && $0.counts.records >= records.count }
        #expect(second.counts.batches == 0, "\(target)")
        #expect(second.counts.duplicates > records.count / 2)
        let lines = run.lines.withLock { $0 }
        #expect(lines.contains { $0.contains(" warning odd input: duplicate_thread: ") && $0.contains(" thread=") })
    }

    @Test func aProgramGetsCountersInsteadOfTheLine() throws {
        let run = try StreamRun(GoldenCase.all[0])
        try run.produce(try Recording(run.golden.recording).records)
        let lines = Mutex<[String]>([])
        let log = Logger(format: .json, now: { 0 }) { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        let processor = try StreamProcessor(
            run.settings,
            examples: try run.golden.options().examples,
            client: run.settings.clientConfiguration(),
            log: log,
            clock: FastClock(step: 200),
            isEmbedded: true
        )
        let deadline = Date.patience
        try processor.run { (processor.isQuiet && processor.counts.batches > 0) || Date() > deadline }
        let values = try lines.withLock { try $0.map { try JSONValue(parsing: Array($0.utf8)) } }
        let progress = try #require(values.last { $0["message"]?.text == "progress" })
        for key in ["records", "records_per_second", "open_threads", "open_groups", "lag", "duplicates", "partitions"] {
            #expect(progress[Text(key)] != nil, "\(key)")
        }
        let warning = try #require(values.first { $0["reason"]?.text == "unknown_example" })
        #expect(warning["kind"]?.text == "excluded")
        #expect(warning["thread"]?.text?.isEmpty == false)
    }
}
