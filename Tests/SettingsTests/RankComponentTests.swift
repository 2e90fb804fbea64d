import Testing

@testable import Settings

/// `type: rank`: who is asked about whole groups, and how.
@Suite struct RankComponentTests {
    private func load(_ component: String, topic: String = "r") -> (settings: Settings, errors: [String]) {
        let yaml =
            "topics: {rewards: \(topic)}\nrewards: {components: [{name: match, type: exact_match}, \(component)]}"
        let (settings, problems) = Settings.load(file: ("f", Array(yaml.utf8)))
        return (settings, problems.filter { $0.severity == .error }.map(\.description))
    }

    private let judge = "{name: best, type: rank, by: judge, url: \"http://x\", model: m, "

    @Test func eachWayOfAskingIsTaken() {
        let command = load(
            "{name: best, type: rank, by: command, command: [python3, j.py], send: [completion], weight: 2}"
        )
        #expect(command.errors == [])
        let component = command.settings.rewards.components[1]
        #expect(component.isOutside && component.isAsked && component.isOfGroup)
        #expect(component.way == "command" && component.evaluatorName == "python3 j.py")
        #expect(load("{name: best, type: rank, by: http, url: \"http://x\", required: false}").errors == [])
        #expect(load(judge + "template: \"{{completions}}\", parse: /scores}").errors == [])
    }

    @Test func itIsPrintedAsItIsRead() {
        let read = load(judge + "template: \"{{completions}}\", parse: /scores, range: [0, 10]}").settings
        let (again, problems) = Settings.load(file: ("f", Array(read.render(hidingSecrets: false).utf8)))
        #expect(problems.filter { $0.severity == .error }.map(\.description) == [])
        #expect(again.rewards == read.rewards)
    }

    @Test(arguments: [
        ("{name: best, type: rank}", "without `by`"), ("{name: best, type: rank, by: topic}", "`by: topic`"),
        ("{name: best, type: rank, by: command}", "without `command`"),
        ("{name: best, type: rank, by: http, url: \"http://x\", command: [a]}", "which only `by: command` has"),
        ("{name: best, type: rank, by: command, command: [a], url: \"http://x\"}", "which only `by: http`"),
        (
            "{name: best, type: rank, by: judge, url: \"http://x\", model: m, template: \"{{completion}}\", parse: /s}",
            "{{completions}}"
        ),
        (
            "{name: best, type: rank, by: judge, url: \"http://x\", model: m, template: \"{{completions}}\", parse: \"([0-9])\"}",
            "JSON pointer"
        ), ("{name: best, type: rank, byy: http}", "`byy`"),
    ])
    func whatCannotBeSaysWhy(_ component: String, _ reason: String) {
        let errors = load(component).errors
        #expect(errors.contains { $0.contains(reason) }, "\(errors)")
    }

    @Test func itNeedsTheTopicToo() {
        let component = "{name: best, type: rank, by: http, url: \"http://x\"}"
        #expect(load(component, topic: "\"\"").errors.contains { $0.contains("topics.rewards") })
    }
}
