import Foundation
import Kafka
import KafkaTestSupport
import Settings
import Synchronization
import Testing

@testable import Pipeline
@testable import Problems

/// Brokers that stand still, and two processes with one name, beside a real Apache Kafka.
@Suite(.waits, .enabled(if: RealKafka.launcher != nil, "set DASH_KAFKA to a Kafka launcher"))
struct PauseTests {
    private func run(_ kafka: RealKafka) throws -> StreamRun {
        let run = try StreamRun(GoldenCase.all[0], on: kafka)
        run.settings.groups.settle = 10_000
        run.settings.kafka.properties = [
            "session.timeout.ms=2000", "heartbeat.interval.ms=500", "transaction.timeout.ms=5000",
            "socket.timeout.ms=5000", "reconnect.backoff.max.ms=500",
        ]
        return run
    }

    /// Each pause outlasts the session: nobody ends, nothing is lost, nothing is there twice.
    @Test(arguments: [1, 2]) func aBrokerThatStandsStillEndsNobody(_ count: Int) throws {
        let kafka = try RealKafka()
        let run = try run(kafka)
        let records = try Recording(run.golden.recording).records
        let third = records.count / 3
        try run.produce(records[..<third])
        let clock = PacedClock()
        let members = try (0..<count).map { try StreamMember(run, "p\($0)", clock) }
        defer { for member in members { member.stop() } }
        for member in members { member.start() }
        #expect(eventually { haveRead(records[..<third], members) })
        for round in 1...2 {
            try kafka.pause()
            Thread.sleep(forTimeInterval: 5)
            try kafka.resume()
            try run.produce(records[third * round..<(round == 2 ? records.count : third * 2)])
        }
        try finish(run, records, members, clock)
        #expect(members.compactMap(\.failure?.description) == [])
    }

    /// A broker has taken up offsets when their transaction was over: the processor that they are from ends them as it starts.
    @Test func whatABrokerTakesUpTooLateIsNotCommittedAndStopsNobody() throws {
        let kafka = try RealKafka(["--set", "transaction.partition.verification.enable=false"])
        let run = try run(kafka)
        let records = try Recording(run.golden.recording).records
        try run.produce(records[..<1000])
        let clock = PacedClock()
        let first = try StreamMember(run, "p0", clock)
        first.start()
        #expect(eventually { haveRead(records[..<1000], [first]) })
        first.stop()
        try run.produce(records[1000...])
        let id = run.settings.transactionalID("p0")
        let hanging = try HangingTransaction(kafka.brokers, transactionalID: id)
        for partition in 0..<run.partitions {
            let end = Int64(records.count { $0.partition == Int(partition) })
            #expect(
                try hanging.send(
                    group: run.settings.appID,
                    topic: "dashstream-events",
                    partition: partition,
                    offset: end
                ) == 0
            )
        }
        hanging.close()
        let members = try [StreamMember(run, "p0", clock)]
        defer { for member in members { member.stop() } }
        for member in members { member.start() }
        try finish(run, records, members, clock)
        #expect(run.logged("nobody works on them") == 0)
        #expect(members.compactMap(\.failure?.description) == [])
    }

    /// The one that was there first ends, and says who has its name; the other goes on.
    @Test func onlyALivingRivalEndsAProcess() throws {
        let kafka = try RealKafka()
        let run = try run(kafka)
        let records = try Recording(run.golden.recording).records
        try run.produce(records[..<1000])
        let clock = PacedClock()
        let members = try (0..<2).map { _ in try StreamMember(run, "same", clock) }
        defer { for member in members { member.stop() } }
        members[0].start()
        #expect(eventually { haveRead(records[..<1000], members) })
        members[1].start()
        #expect(eventually { members.contains { $0.failure != nil } })
        try run.produce(records[1000...])
        try finish(run, records, members.filter { $0.failure == nil }, clock)
        let problems = members.compactMap(\.failure)
        #expect(problems.count == 1 && problems[0].kind == .temporary)
        #expect(problems.first?.description.contains("instance_id same") == true)
        #expect(problems.first?.description.contains("on host 127.0.0.1") == true)
    }

    /// Whether the members together have read these records; with partitions given away meanwhile, whoever has them now.
    private func haveRead(_ records: some Sequence<Recording.Record>, _ members: [StreamMember]) -> Bool {
        var ends: [TopicPartition: Int64] = [:]
        for record in records { ends[TopicPartition("dashstream-events", Int32(record.partition)), default: 0] += 1 }
        let positions = members.map(\.now.positions)
        return ends.allSatisfy { place, end in positions.contains { ($0[place] ?? 0) >= end } }
    }

    /// Time passes when all is read, and then there is what a replay finds: once.
    private func finish(_ run: StreamRun, _ records: [Recording.Record], _ members: [StreamMember], _ clock: PacedClock)
        throws
    {
        let last = { "\(run.lines.withLock { $0.suffix(12).joined() })" }
        #expect(eventually { haveRead(records, members) }, "\(last())")
        clock.hurry()
        let expected = try run.replayedDigests()
        let isDone = try eventually {
            try members.allSatisfy(\.now.isQuiet) && differences(run.digests(), expected) == []
        }
        #expect(isDone, "\(last())")
        for member in members { member.stop() }
        #expect(differences(try run.digests(), expected) == [])
    }
}
