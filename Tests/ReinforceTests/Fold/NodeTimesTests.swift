import TestSupport
import Testing

@testable import Reinforce

/// Which node a token belongs to, found without looking at every node for every token.
@Suite struct NodeTimesTests {
    @Test func itFindsWhatLookingAtEveryNodeFinds() {
        var random = SeededNumbers(seed: 5)
        var found = 0
        for _ in 0..<300 {
            let executions = (0..<random.below(12)).map { _ in
                Self.execution(Int64(random.below(40)), Int64(random.below(40)))
            }
            let times = NodeTimes(executions)
            for time in Int64(-1)...41 {
                let inside = executions.indices.filter {
                    executions[$0].startedAt <= time && time <= executions[$0].endedAt
                }
                let expected = inside.count == 1 ? inside.first : nil
                #expect(times.only(at: time) == expected)
                if expected != nil { found += 1 }
            }
        }
        #expect(found > 1000)
    }

    private static func execution(_ start: Int64, _ end: Int64) -> NodeExecution {
        NodeExecution(
            node: .empty,
            startSequence: 0,
            endSequence: 0,
            duration: 0,
            startedAt: start,
            endedAt: end,
            visit: 0,
            isSample: false,
            inputs: .empty,
            outputs: .empty,
            removed: .empty
        )
    }
}
