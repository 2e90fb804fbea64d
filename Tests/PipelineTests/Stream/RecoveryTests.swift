import EmbeddedKafka
import Foundation
import Kafka
import KafkaTestSupport
import Settings
import Synchronization
import Testing

@testable import Pipeline

/// Whatever the brokers answer, a processor goes on and its output is the same.
@Suite(.waits) struct RecoveryTests {
    /// OffsetFetch fails for as long as an assignment is under way: the assignment is taken as soon as it does not.
    @Test func anAssignmentThatCannotBeTakenIsTriedAgain() throws {
        let run = try StreamRun(GoldenCase.all[0])
        try run.produce(try Recording(run.golden.recording).records)
        // UNKNOWN_SERVER_ERROR: the query fails as a whole, as one that is out of time does
        run.cluster?.failRequests(api: 9, with: [-1, -1, -1])
        let processor = try run.process(FastClock(step: 50))
        #expect(differences(try run.digests(), try run.replayedDigests()) == [])
        #expect(processor.status.rejoins == 0)
        #expect(run.logged("nobody works on them") == 1)
        // what stands in the way may be left over from a transaction of ours: a new producer ends it
        #expect(processor.commits.counts.recycled >= 1)
    }

    /// At least once, the commit is refused since another client has our name: new clients, and nothing is lost.
    @Test func aFencedCommitIsDoneAgainByNewClients() throws {
        let run = try StreamRun(GoldenCase.all[0])
        run.settings.delivery = "at_least_once"
        try run.produce(try Recording(run.golden.recording).records)
        let isSpoilt = Mutex(false)
        let processor = try run.processor("one", FastClock(step: 50))
        processor.onPoll = { processor in
            guard processor.status.recordsRead > 1000 else { return }
            let isFirst = isSpoilt.withLock { spoilt in
                defer { spoilt = true }
                return !spoilt
            }
            // FENCED_INSTANCE_ID
            if isFirst { run.cluster?.failRequests(api: 8, with: [82]) }
        }
        let deadline = Date.patience
        let threads = try run.goldenThreads()
        try processor.run {
            processor.isQuiet && processor.status.rejoins > 0 && run.hasFates(threads) || Date() > deadline
        }
        #expect(processor.status.rejoins == 1)
        let digests = try run.digests().mapValues { Array(Set($0)) }
        #expect(differences(digests, try run.replayedDigests()) == [])
        #expect(run.logged("take this process for another one") == 1)
    }

    /// A life that finds a note takes nothing new before its own note is committed, however often that fails.
    @Test(arguments: ["exactly_once", "at_least_once"])
    func nothingNewIsTakenBeforeTheNoteIsCommitted(_ delivery: String) throws {
        let run = try StreamRun(GoldenCase.all[0])
        run.settings.delivery = delivery
        run.settings.groups.settle = 10_000
        let records = try Recording(run.golden.recording).records
        try run.produce(records[..<2000])
        // hardly any time passes in the middle of the log, or threads would be given up there
        try run.process(FastClock(step: 1)) { $0.eventsCommitted == 2000 }
        try run.produce(records[2000...])
        // REBALANCE_IN_PROGRESS: for OffsetCommit and for TxnOffsetCommit
        for api: Int16 in [8, 28] { run.cluster?.failRequests(api: api, with: [27, 27, 27, 27]) }
        let processor = try run.processor("one", FastClock(step: 50))
        let early = Mutex<[String]>([])
        processor.onPoll = { processor in
            for case let partition as RolloutTask in processor.tasks.active.values
            where partition.flow.position > partition.resumedAt
                && partition.committed.map({ $0.token.writer != processor.commits.writer }) ?? false
            {
                early.withLock { $0.append("\(partition.place) at \(partition.flow.position)") }
            }
        }
        let deadline = Date.patience
        let threads = try run.goldenThreads()
        try processor.run {
            processor.isQuiet && processor.counts.batches > 0 && run.hasFates(threads) || Date() > deadline
        }
        #expect(early.withLock { $0 } == [])
        let digests = try run.digests().mapValues { Array(Set($0)) }
        let found = differences(digests, try run.replayedDigests())
        #expect(found == [], "\(found.prefix(5)) \(run.lines.withLock { $0.suffix(20).joined() })")
    }
}

extension StreamProcessor {
    /// Records of the events topic that are committed.
    fileprivate var eventsCommitted: Int64 {
        tasks.active.values.reduce(0) { $0 + ($1 is RolloutTask ? $1.committed?.position ?? 0 : 0) }
    }
}
