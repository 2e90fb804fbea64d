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
        let totals = try await withThrowingTaskGroup(of: (Int, Int, Int, Int, Int).self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var sum = (0, 0, 0, 0, 0)
                    for index in stride(from: worker, to: logs, by: workers) {
                        let found = try Self.compare(start + UInt64(index))
                        sum = (sum.0 + found.0, sum.1 + found.1, sum.2 + found.2, sum.3 + found.3, sum.4 + found.4)
                    }
                    return sum
                }
            }
            return try await group.reduce((0, 0, 0, 0, 0)) {
                ($0.0 + $1.0, $0.1 + $1.1, $0.2 + $1.2, $0.3 + $1.3, $0.4 + $1.4)
            }
        }
        print(
            "\(logs) logs, \(totals.0) crash-and-restores, \(totals.1) parts spilled, \(totals.2) threads,"
                + " \(totals.3) late, \(totals.4) duplicates"
        )
        // the logs bite: all of it happened
        #expect(totals.0 > logs && totals.1 > logs && totals.2 > logs && totals.3 > 0 && totals.4 > 0)
    }

    /// One log: crashes, parts, threads, late messages and duplicates.
    private static func compare(_ seed: UInt64) throws -> (Int, Int, Int, Int, Int) {
        var random = TestRandom(seed &+ 1 << 32)
        let (configuration, horizon) = knobs(&random)
        let isClosedForGood = configuration.assembly.closedMemoryRecords > 1000
        // what is decided by what comes from outside may be decided otherwise while it is not committed
        let keepsSome = random.chance(0.5)
        let log = RandomLog(seed, count: 160, hasRegistry: isClosedForGood, isOutsideKnown: keepsSome)
        var whole = RestartRun(log, configuration, SpillHorizon(records: .max / 2))
        try whole.run(nil)
        var broken = RestartRun(log, configuration, horizon, keepsSome: keepsSome)
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
        return (
            broken.crashes, broken.parts, expected.threads.count, expected.late, expected.duplicates
        )
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
