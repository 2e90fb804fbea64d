import Arguments
import Pipeline
import Recordings
import Settings

extension ParsedArguments {
    /// The range of topics that `--brokers`, `--topic`, `--from` and `--to` name.
    func topicRange(_ settings: Settings) throws -> TopicRange {
        let named = all("topic").flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        for name in named { try refuse(name, "--topic") }
        let range = TopicRange(
            settings.clientConfiguration(),
            topics: named.isEmpty ? settings.topics.events : named,
            from: try bound("from") ?? .earliest,
            to: try bound("to") ?? .latest
        )
        try range.check()
        return range
    }

    /// The part of a recording that `--from` and `--to` name.
    func recordingRange() throws -> RecordingRange {
        let range = RecordingRange(from: try bound("from") ?? .earliest, to: try bound("to") ?? .latest)
        try range.check()
        return range
    }

    /// Refuses a name that no topic can have.
    ///
    /// - Parameter flag: where it was given.
    func refuse(_ topic: String, _ flag: String) throws(ArgumentProblem) {
        if let problem = Settings.problem(withTopic: topic) { throw ArgumentProblem("\(flag) \(problem)") }
    }

    private func bound(_ flag: String) throws -> RangeBound? {
        try last(flag).map { text in try RangeBound(parsing: text, flag: "--" + flag) }
    }
}
