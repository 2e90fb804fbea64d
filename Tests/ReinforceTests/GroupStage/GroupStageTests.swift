import JSON
import TestSupport
import Testing

@testable import Reinforce

/// What the second stage does with claims, rollouts, withdrawals and times. The deadline is 100, in milliseconds.
@Suite struct GroupStageTests {
    /// A stage and the next offset.
    private struct Feed: ~Copyable {
        var stage: GroupStage
        var offset: Int64 = 0

        init(
            settle: Int64 = 0,
            memory: Int64 = 1000,
            sources: Set<TimeSource> = [],
            examples: ExampleTable = ScoredScript.examples,
            mayRepeat: Bool = false
        ) {
            var groups = GroupConfiguration()
            groups.deadline = 100
            groups.settle = settle
            groups.minUsable = 1
            var configuration = GroupStageConfiguration(groups)
            configuration.closedMemoryRecords = memory
            configuration.exampleGrace = 50
            configuration.sources = sources
            configuration.mayRepeat = mayRepeat
            let decider = GroupDecider(
                groups,
                estimator: .dashflow,
                rewards: RewardConfiguration(),
                examples: examples
            )
            stage = GroupStage(configuration, decider)
        }

        mutating func send(_ record: ScoredRecord) throws {
            let position = RecordPosition(partition: 0, offset: offset, timestamp: 0)
            try unsafe stage.receive(record.encoded().span.bytes, at: position)
            offset += 1
        }

        /// A thread's claim.
        mutating func claim(_ thread: Text, slot: Int, of size: Int = 2, at time: Int64) throws {
            try send(.claim(GroupClaim(Feed.key(thread), Feed.pairing(slot, size), time: time)))
        }

        /// A thread's end.
        mutating func score(_ thread: Text, slot: Int, of size: Int = 2, from claimed: Int64, at time: Int64) throws {
            var trajectory = Trajectory(
                key: Feed.key(thread),
                outcome: .completed,
                source: SourceRange(partition: 0, firstOffset: 0, lastOffset: 0),
                entry: OpenEntry(first: RestorePlan.First(offset: 0, index: 0))
            )
            trajectory.claimTime = claimed
            trajectory.decisionTime = time
            try send(.scored(Rollout(trajectory, Feed.pairing(slot, size), (.success(1), []))))
        }

        mutating func withdraw(_ thread: Text) throws {
            try send(.withdrawal(ClaimWithdrawal(Feed.key(thread), groupID: "g")))
        }

        mutating func tell(_ time: Int64?, source: Int32 = 0, idle: Bool = false) throws {
            let source = TimeSource(topic: "events", partition: source)
            try send(.time(SourceTime(source, time: time, isIdle: idle)))
        }

        /// What closes now: members and late ones of each group.
        mutating func close(now: Int64? = nil) -> [[String]] {
            stage.close(now: now).map {
                $0.members.map(\.rollout.key.thread.string) + $0.late.map { "late \($0.key.thread)" }
            }
        }

        /// Threads whose end the stage decided, with the reason.
        mutating func fates() -> [String] {
            defer { stage.fates = [] }
            return stage.fates.map { "\($0.key.thread) \($0.reason?.rawValue ?? "")" }
        }

        private static func key(_ thread: Text) -> ThreadKey { ThreadKey(tenant: "t", thread: thread) }

        private static func pairing(_ slot: Int, _ size: Int) -> Pairing {
            Pairing(
                exampleID: "e0",
                groupID: "g",
                rolloutIndex: slot,
                groupSize: size,
                policyVersion: "7",
                attempt: 0,
                runID: nil,
                trainable: true
            )
        }
    }

    @Test func aGroupClosesWhenEverySlotIsDecided() throws {
        var feed = Feed()
        try feed.tell(1000)
        try feed.claim("a", slot: 0, at: 1000)
        try feed.score("b", slot: 1, from: 1000, at: 1010)
        #expect(feed.close() == [])
        try feed.score("a", slot: 0, from: 1000, at: 1020)
        #expect(feed.close() == [["a", "b"]])
        #expect(feed.close() == [])
        #expect(feed.stage.openGroups == 1)
        feed.stage.finished(GroupKey(tenant: "t", group: "g"))
        #expect(feed.stage.openGroups == 0)
    }

    /// Looking at a very large group at each of its records would take for ever: it is looked at when much has come, and
    /// within a second all the same.
    @Test func aVeryLargeGroupClosesWithinASecond() throws {
        var feed = Feed(settle: 5)
        let size = 5000
        try feed.tell(1000)
        for slot in 0..<size - 1 { try feed.score(Text("\(slot)"), slot: slot, of: size, from: 1000, at: 1010) }
        #expect(feed.close() == [])
        try feed.score("last", slot: size - 1, of: size, from: 1000, at: 1020)
        #expect(feed.close() == [])
        try feed.tell(1026)
        let closed = feed.close()
        #expect(closed.first?.count == size || closed.isEmpty)
        try feed.tell(2030)
        #expect((closed + feed.close()).map(\.count) == [size])
    }

    /// One that lacks slots closes by its deadline, also where nobody looks at it before.
    @Test func aGroupThatLacksSlotsClosesAtItsDeadline() throws {
        var feed = Feed()
        try feed.tell(1000)
        try feed.score("a", slot: 0, of: 3, from: 1000, at: 1010)
        try feed.score("b", slot: 0, of: 3, from: 1005, at: 1015)
        try feed.claim("c", slot: 1, of: 3, at: 1020)
        #expect(feed.close() == [])
        try feed.tell(1100)
        #expect(feed.close() == [])
        try feed.tell(1101)
        #expect(feed.close() == [["a", "b"]])
    }

    @Test func whoStillRunsKeepsItsGroupOpenUntilTheDeadline() throws {
        var feed = Feed()
        try feed.tell(1000)
        try feed.claim("c", slot: 1, at: 1000)
        try feed.score("a", slot: 0, from: 1001, at: 1010)
        try feed.score("b", slot: 1, from: 1001, at: 1010)
        try feed.tell(1100)
        #expect(feed.close() == [])
        try feed.tell(1101)
        #expect(feed.close() == [["a", "b"]])
        try feed.score("c", slot: 1, from: 1000, at: 1090)
        #expect(feed.fates() == ["c late"])
    }

    /// Another source may be ahead: its claims are no proof that the deadline has passed for all.
    @Test func aLaterClaimDoesNotCloseAGroupBeforeItsTime() throws {
        var feed = Feed()
        try feed.tell(1000)
        try feed.score("a", slot: 0, from: 1000, at: 1010)
        try feed.claim("z", slot: 1, at: 1500)
        #expect(feed.close() == [])
        try feed.score("b", slot: 1, from: 1005, at: 1020)
        #expect(feed.close() == [["a", "b"]])
    }

    @Test func settleLetsACompleteGroupWaitForClaimants() throws {
        var feed = Feed(settle: 50)
        try feed.tell(1000)
        try feed.score("a", slot: 0, of: 1, from: 1000, at: 1010)
        try feed.tell(1060)
        #expect(feed.close() == [])
        try feed.tell(1061)
        #expect(feed.close() == [["a"]])
    }

    @Test func theSameClaimTwiceIsOneAndAWithdrawalEndsIt() throws {
        var feed = Feed()
        try feed.tell(1000)
        try feed.claim("c", slot: 1, at: 1000)
        try feed.claim("c", slot: 1, at: 1000)
        try feed.score("a", slot: 0, from: 1000, at: 1010)
        try feed.score("b", slot: 1, from: 1000, at: 1010)
        #expect(feed.close() == [])
        try feed.withdraw("c")
        #expect(feed.close() == [["a", "b"]])
        // neither changes a closed group
        try feed.withdraw("a")
        try feed.claim("d", slot: 1, at: 1001)
        #expect(feed.close() == [])
        #expect(feed.stage.counters.lateClaims == 1)
    }

    @Test func aGroupWhoseClaimsWereAllWithdrawnIsStillOpenForOthers() throws {
        var feed = Feed()
        try feed.tell(1000)
        try feed.claim("a", slot: 0, of: 1, at: 1000)
        try feed.withdraw("a")
        #expect(feed.close() == [])
        try feed.score("b", slot: 0, of: 1, from: 1050, at: 1060)
        #expect(feed.close() == [["b"]])
    }

    @Test func aGroupOfNobodyGoesAtItsDeadline() throws {
        var feed = Feed()
        try feed.tell(1000)
        try feed.claim("a", slot: 0, at: 1000)
        try feed.tell(1101)
        #expect(feed.close() == [])
        #expect(feed.stage.openGroups == 0)
        #expect(feed.stage.counters.lapsed == 1)
        try feed.score("a", slot: 0, from: 1000, at: 1100)
        #expect(feed.fates() == ["a late"])
    }

    @Test func whoTookTooLongIsLateByHimselfAndOpensNothing() throws {
        var feed = Feed(memory: 0)
        try feed.tell(1000)
        try feed.score("a", slot: 0, from: 1000, at: 1101)
        try feed.tell(5000)
        // nobody remembers the group any more, and its time is up all the same
        try feed.score("b", slot: 1, from: 1000, at: 1050)
        try feed.claim("c", slot: 1, at: 1001)
        #expect(feed.close() == [])
        #expect(feed.stage.openGroups == 0)
        #expect(feed.fates() == ["a late", "b late"])
        #expect(feed.stage.counters.lateClaims == 1)
    }

    @Test func aClosedGroupIsRememberedForItsRecordsAndForItsTime() throws {
        var feed = Feed(memory: 3)
        try feed.tell(1000)
        try feed.score("a", slot: 0, of: 1, from: 1000, at: 1000)
        #expect(feed.close() == [["a"]])
        feed.stage.finished(GroupKey(tenant: "t", group: "g"))
        // by time
        for time in 1001..<1010 { try feed.tell(Int64(time)) }
        try feed.score("b", slot: 0, of: 1, from: 1009, at: 1009)
        #expect(feed.fates() == ["b late"])
        // by records: all of this within three of them
        try feed.tell(9000)
        try feed.score("c", slot: 0, of: 1, from: 9000, at: 9000)
        #expect(feed.fates() == ["c late"])
        // by neither
        for time in 1...4 { try feed.tell(9000 + Int64(time) * 200) }
        try feed.score("d", slot: 0, of: 1, from: 9800, at: 9800)
        #expect(feed.fates() == [])
        #expect(feed.close() == [["d"]])
    }

    @Test func aRolloutOfAGroupThatWaitsForItsBatchIsLate() throws {
        var feed = Feed(memory: 0)
        try feed.tell(1000)
        try feed.score("a", slot: 0, of: 1, from: 1000, at: 1000)
        #expect(feed.close() == [["a"]])
        try feed.tell(900_000)
        try feed.score("b", slot: 0, of: 1, from: 900_000, at: 900_000)
        #expect(feed.fates() == ["b late"])
        #expect(feed.stage.openFirsts == [RestorePlan.First(offset: 1, index: 1)])
    }

    @Test func theTimeIsTheLeastOfTheSourcesThatAreNotIdle() throws {
        var feed = Feed()
        try feed.tell(1000, source: 0)
        #expect(feed.stage.clock.time == 1000)
        try feed.tell(900, source: 1)
        try feed.tell(2000, source: 0)
        #expect(feed.stage.clock.time == 1000)
        try feed.tell(1500, source: 1)
        #expect(feed.stage.clock.time == 1500)
        try feed.tell(1500, source: 1, idle: true)
        #expect(feed.stage.clock.time == 2000)
        // it never goes back, and a source that has had nothing yet holds it
        try feed.tell(1600, source: 1)
        try feed.tell(nil, source: 2)
        try feed.tell(2500, source: 0)
        try feed.tell(2500, source: 1)
        #expect(feed.stage.clock.time == 2000)
        try feed.tell(nil, source: 2, idle: true)
        #expect(feed.stage.clock.time == 2500)
    }

    @Test func timePassesByItselfOnlyWhileEverySourceIsIdle() throws {
        var feed = Feed()
        try feed.claim("a", slot: 0, at: 1000)
        try feed.score("b", slot: 1, from: 1000, at: 1001)
        #expect(feed.close(now: 5000) == [])
        try feed.tell(1000, source: 0, idle: true)
        try feed.tell(1000, source: 1)
        #expect(feed.close(now: 5000) == [])
        try feed.tell(1000, source: 1, idle: true)
        #expect(feed.close(now: 1100) == [])
        #expect(feed.close(now: 1101) == [["b"]])
        #expect(feed.close(now: 900) == [])
        #expect(feed.stage.clock.time == 1101)
    }

    @Test func noTimeCountsBeforeEveryRequiredSourceHasSpoken() throws {
        let sources = (0..<2).map { TimeSource(topic: "events", partition: Int32($0)) }
        var feed = Feed(sources: Set(sources))
        try feed.tell(9000, source: 0)
        try feed.score("a", slot: 0, from: 1000, at: 1001)
        #expect(feed.close() == [])
        #expect(feed.stage.clock.time == nil)
        try feed.tell(1002, source: 1)
        #expect(feed.stage.clock.time == 1002)
        try feed.tell(1101, source: 1)
        #expect(feed.close() == [["a"]])
    }

    @Test func aGroupWhoseExampleIsGoneWaitsForItAndIsThenExcluded() throws {
        var feed = Feed(examples: ExampleTable())
        try feed.tell(1000)
        try feed.score("a", slot: 0, of: 1, from: 1000, at: 1001)
        #expect(feed.close() == [])
        feed.stage.decider.examples = ScoredScript.examples
        feed.stage.decider.examples.remove("e0")
        try feed.tell(1051)
        #expect(feed.close() == [])
        #expect(feed.stage.openGroups == 1)
        try feed.tell(1052)
        #expect(feed.close() == [])
        #expect(feed.fates() == ["a unknown_example"])
        #expect(feed.stage.openGroups == 0)
    }

    @Test func aMalformedRecordChangesNothing() throws {
        var feed = Feed()
        try feed.score("a", slot: 0, from: 1000, at: 1001)
        let bytes: [UInt8] = [0x1A, 5, 1]
        #expect(throws: ScoredProblem.self) {
            try unsafe feed.stage.receive(
                bytes.span.bytes,
                at: RecordPosition(partition: 0, offset: 7, timestamp: 0)
            )
        }
        #expect(feed.stage.position == 8)
        #expect(feed.stage.openGroups == 1)
        #expect(feed.stage.lowOffset == 0)
    }

    /// At least once: the first one stands, and the others are no late members.
    @Test(arguments: [true, false]) func aRolloutThatComesAgainAfterItsGroupIsLateOnlyWhereNothingComesTwice(
        _ mayRepeat: Bool
    ) throws {
        var feed = Feed(mayRepeat: mayRepeat)
        try feed.tell(1)
        for _ in 0..<2 {
            try feed.score("a", slot: 0, of: 1, from: 1, at: 2)
            for group in feed.stage.close() { feed.stage.finished(group.key) }
        }
        #expect(feed.stage.fates.count == (mayRepeat ? 0 : 1))
        #expect(feed.stage.counters.repeated == (mayRepeat ? 1 : 0))
    }
}
