import Foundation
import JSON
import Kafka
import KafkaTestSupport
import Settings
import TestSupport
import Testing

@testable import Pipeline
@testable import Reinforce

/// A judge of whole groups that says something else whenever it is asked, and processes that end while it is: what was said
/// is written with the group that is made of it, and nothing else is.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct RankRestartTests {
    struct Crash: Error {}

    /// When a process ends.
    enum Moment: CaseIterable {
        /// Questions are out.
        case asked
        /// Answers have come and are not written.
        case answered
        /// The transaction that carries them is under way.
        case committing
    }

    private func isThere(_ moment: Moment, _ processor: StreamProcessor) -> Bool {
        switch moment {
        case .asked: processor.rewards.desk?.inFlight ?? 0 > 0
        case .answered: processor.rewards.desk?.fares["best"]?.answers["ok"] ?? 0 > 2
        case .committing:
            processor.commits.inFlight?.parts.contains { $0.output.records.contains { $0.topic == "rewards" } } ?? false
        }
    }

    @Test(arguments: Moment.allCases)
    func eachGroupIsMadeOfTheOneAnswerThatIsWritten(_ moment: Moment) throws {
        let folder = try TemporaryFolder()
        let seen = folder.file("seen")
        let kafka = try RealKafka()
        defer { withExtendedLifetime(kafka) {} }
        let run = try StreamRun.ranked(
            """
            with open(\(String(reflecting: seen)), "a") as f: f.write(q["group_id"] + "\\n")
            time.sleep(\(moment == .asked ? 0.2 : 0.01)); say(values={name: random.random() for name in values})
            """,
            on: kafka
        )
        try run.produce(try Recording(run.golden.recording).records)
        for _ in 1...2 {
            let processor = try run.processor("one", FastClock(step: 200))
            var times = 0
            let deadline = Date.patience
            processor.onPoll = { processor in
                times += isThere(moment, processor) && FileManager.default.fileExists(atPath: seen) ? 1 : 0
                if times >= 2 || Date() > deadline { throw Crash() }
            }
            #expect(throws: Crash.self) { try processor.run { false } }
            #expect(times == 2, "the moment has come")
        }
        try run.finish()
        let groups = try run.rankings()
        #expect(groups.count > 5)
        #expect(Set(groups.map(\.key)).count == groups.count, "one answer is written for each group")
        #expect(try run.fates().values.allSatisfy { $0 == 1 })
        #expect(differences(try run.digests(), try run.digestsByRecords()) == [])
        let questions = String(decoding: try folder.bytes("seen"), as: UTF8.self).split(separator: "\n").count
        if moment == .asked { #expect(questions > groups.count, "some groups were asked about again") }
    }

    /// The group has closed: waiting for what somebody says opens it to nobody.
    @Test func whoComesWhileItsGroupWaitsIsLateAlsoAfterARestart() throws {
        let folder = try TemporaryFolder()
        let kafka = try RealKafka()
        defer { withExtendedLifetime(kafka) {} }
        let run = try StreamRun.ranked(
            """
            while not os.path.exists(\(String(reflecting: folder.file("go")))): time.sleep(0.05)
            say(values=values)
            """,
            on: kafka
        )
        var trace = Trace()
        for slot in 0..<2 { trace.thread("t\(slot)", example: "ex-0000", group: "g", slot: slot, of: 2, answer: "a") }
        let inTime = trace.recording.records.count
        trace.thread("late", example: "ex-0000", group: "g", slot: 1, of: 2, answer: "a")
        try trace.write(folder.file("run"))
        try run.produce(trace.recording.records.prefix(inTime))

        let processor = try run.processor("one", FastClock(step: 200))
        var isSent = false
        let deadline = Date.patience
        processor.onPoll = { processor in
            if !isSent, processor.rewards.desk?.inFlight ?? 0 > 0 {
                isSent = true
                try run.produce(trace.recording.records.dropFirst(inTime))
            }
            if processor.counts.fates.values.reduce(0, +) > 0 || Date() > deadline { throw Crash() }
        }
        #expect(throws: Crash.self) { try processor.run { false } }
        #expect(isSent)
        #expect(try run.fates() == ["t/late": 1])

        try Data().write(to: URL(filePath: folder.file("go")))
        try run.finish(threads: 3)
        #expect(try run.fates() == ["t/late": 1, "t/t0": 1, "t/t1": 1])
        let said = try run.rankings()
        #expect(said.map { $0.answer.values.keys.map(\.string).sorted() } == [["t0", "t1"]])
        let found = try run.digests()
        #expect(found["t/g"]?.count == 1)
        #expect(differences(found, try run.digestsByRecords(input: folder.file("run"))) == [])
    }
}
