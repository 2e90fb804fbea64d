import Foundation
import JSON
import Testing

@testable import Pipeline
@testable import Reinforce

/// However often a process is killed, and wherever, what it has committed is what one that never died would have.
///
/// `DASH_RESTART_LOGS` sets the number of random logs (default 260), `DASH_RESTART_SEED` the first one's seed.
@Suite struct RestartTests {
    private static func number(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? standard
    }

    @Test func crashesChangeNothingOfWhatIsCommitted() async throws {
        let logs = Self.number("DASH_RESTART_LOGS", 260)
        let start = UInt64(Self.number("DASH_RESTART_SEED", 1))
        let workers = 4
        let totals = try await withThrowingTaskGroup(of: Totals.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var sum = Totals()
                    for index in stride(from: worker, to: logs, by: workers) {
                        sum.add(try Self.compare(start + UInt64(index)))
                    }
                    return sum
                }
            }
            return try await group.reduce(into: Totals()) { $0.add($1) }
        }
        print(
            "\(logs) logs, \(totals.crashes) crash-and-restores, \(totals.parts) parts spilled, \(totals.threads)"
                + " threads, \(totals.late) late, \(totals.duplicates) duplicates,"
                + " \(totals.changesTold) checkpoints told by changes"
        )
        // the logs bite: all of it happened
        #expect(totals.crashes > logs && totals.parts > logs && totals.threads > logs)
        #expect(totals.late > 0 && totals.duplicates > 0 && totals.changesTold > logs / 4)
    }

    /// What has happened in some logs.
    private struct Totals {
        var (crashes, parts, threads, late, duplicates, changesTold) = (0, 0, 0, 0, 0, 0)

        mutating func add(_ other: Totals) {
            crashes += other.crashes
            parts += other.parts
            threads += other.threads
            late += other.late
            duplicates += other.duplicates
            changesTold += other.changesTold
        }
    }

    /// Runs one log through without a crash, and with many.
    private static func compare(_ seed: UInt64) throws -> Totals {
        var random = TestRandom(seed &+ 1 << 32)
        let (configuration, horizon) = knobs(&random)
        let isClosedForGood = configuration.assembly.closedMemoryRecords > 1000
        // what is decided by what comes from outside may be decided otherwise while it is not committed
        let keepsSome = random.chance(0.5)
        // what is kept back is in no list of the stage's own
        let tellsChanges = !keepsSome
        let log = RandomLog(seed, count: 160, hasRegistry: isClosedForGood, isOutsideKnown: keepsSome)
        var whole = RestartRun(log, configuration, SpillHorizon(records: .max / 2))
        try whole.run(nil)
        var broken = RestartRun(log, configuration, horizon, keepsSome: keepsSome, tellsChanges: tellsChanges)
        try broken.run(random)
        var (expected, found) = (whole.output, broken.output)
        // a key that opens twice may be told twice: who holds what then depends on which was told first
        if !isClosedForGood { (expected.claims, found.claims) = ([:], [:]) }
        #expect(found == expected, "seed \(seed)")
        if found != expected {
            let (a, b) = (Set(expected.threads), Set(found.threads))
            print("seed", seed, configuration.assembly, horizon)
            for line in a.subtracting(b).sorted() { print("  only whole :", line) }
            print("  whole :", expected.duplicates, expected.late, expected.auxiliaryOnly, expected.claims)
            print("  broken:", found.duplicates, found.late, found.auxiliaryOnly, found.claims)
            for line in b.subtracting(a).sorted() { print("  only broken:", line) }
        }
        var totals = Totals()
        totals.crashes = broken.crashes
        totals.parts = broken.parts
        totals.threads = expected.threads.count
        totals.late = expected.late
        totals.duplicates = expected.duplicates
        totals.changesTold = broken.changesTold
        return totals
    }

    private static func knobs(_ random: inout TestRandom) -> (ThreadStageConfiguration, SpillHorizon) {
        let forever: Int64 = 1_000_000_000
        var configuration = ThreadStageConfiguration()
        configuration.hashSeed = random.next()
        configuration.assembly.idleTimeout = random.pick([5, 15, 40, forever])
        configuration.assembly.closedMemoryRecords = random.pick([0, 10, 50, forever])
        configuration.assembly.reorderGraceRecords = random.pick([0, 3, 20])
        configuration.assembly.reorderGrace = random.pick([2, 10])
        configuration.assembly.errorGrace = random.pick([3, forever])
        configuration.assembly.resumeGrace = random.pick([0, 0, 6])
        configuration.assembly.maxThreadAge = random.pick([30, forever, forever])
        configuration.assembly.maxThreadEvents = random.pick([4, 100_000, 100_000])
        configuration.pairingGrace = random.pick([0, 15, forever])
        configuration.examplesGrace = random.pick([0, 15, forever])
        let horizon = SpillHorizon(
            records: random.pick([8, 25, 60, forever]),
            bytes: random.pick([2000, Int(forever)]),
            partBytes: random.pick([40, 150, SpilledPart.maxBytes])
        )
        return (configuration, horizon)
    }
}
