import Settings
import Testing

/// No two roles may name one topic: what is written for one would be read, compacted or removed as the other's.
@Suite struct TopicClashTests {
    private static let keys = [
        "topics.examples", "topics.rollouts", "topics.output", "topics.scored", "topics.checkpoints", "topics.dlq",
        "topics.ledger", "topics.adapters",
    ]

    @Test(arguments: keys) func anEventsTopicHasNoOtherRole(_ key: String) {
        #expect(
            errors(setting: key, to: "dashstream-events") == [
                "--set: `\(key)` names the topic `dashstream-events`, as `topics.events` does: each needs a topic of its own"
            ]
        )
    }

    @Test func everyPairOfRolesIsCompared() {
        for (index, first) in Self.keys.enumerated() {
            for second in Self.keys[(index + 1)...] {
                let errors = load("", [:], [.init(first, "same"), .init(second, "same")]).errors
                #expect(errors.count == 1, "\(errors)")
                #expect(errors.first?.contains("`\(second)` names the topic `same`, as `\(first)` does:") == true)
            }
        }
    }

    @Test func theTopicOfDemandIsComparedToo() {
        let errors = errors(setting: "topics.demand", to: "reinforce")
        #expect(errors.contains { $0.contains("names the topic `reinforce`, as `topics.") })
    }

    @Test func namesThatFollowFromTheApplicationAreComparedToo() {
        #expect(
            errors(setting: "topics.output", to: "dash-reinforce-scored") == [
                "--set: `topics.output` names the topic `dash-reinforce-scored`, as `topics.scored` does by default: "
                    + "each needs a topic of its own"
            ]
        )
        let errors = load("app_id: a\ntopics:\n  events: [a-dlq]\n").errors
        #expect(errors.count == 1)
        #expect(
            errors.first?.hasPrefix("f.yaml line 3: `topics.events` names the topic `a-dlq`, as `topics.dlq` does by")
                == true
        )
        #expect(load("app_id: b\ntopics: {ledger: dash-reinforce-dlq}").errors == [])
    }

    @Test func thePlaceIsThatOfTheKeyThatWasGiven() {
        let errors = load("topics:\n  dlq: x\n  output: x\n").errors
        #expect(
            errors == [
                "f.yaml line 2: `topics.dlq` names the topic `x`, as `topics.output` does: each needs a topic of its own"
            ]
        )
    }

    @Test func oneTopicIsNotNamedTwice() {
        #expect(
            load("topics: {events: [a, b, a]}").errors == ["f.yaml line 1: `topics.events` names the topic `a` twice"]
        )
    }

    /// A broker refuses to make the second one.
    @Test func pointsAndUnderscoresAreAlike() {
        let errors = load("topics: {output: a.b, ledger: a_b}").errors
        #expect(errors.count == 1)
        #expect(errors.first?.contains("which Kafka takes for the same name") == true)
    }

    @Test func theDefaultsHaveNoClash() {
        #expect(Settings().topicClashes == [])
        #expect(load("topics: {events: [a, b], ledger: c, rollouts: d}").errors == [])
    }
}
