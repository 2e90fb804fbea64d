import Arguments
import Pipeline
import Settings

extension ParsedArguments {
    /// The range of topics that `--brokers`, `--topic`, `--from` and `--to` name.
    func topicRange(_ settings: Settings) throws -> TopicRange {
        let named = all("topic").flatMap { $0.split(separator: ",").map(String.init) }
        let range = TopicRange(
            settings.clientConfiguration(),
            topics: named.isEmpty ? settings.topics.events : named,
            from: try last("from").map { text in try RangeBound(parsing: text, flag: "--from") } ?? .earliest,
            to: try last("to").map { text in try RangeBound(parsing: text, flag: "--to") } ?? .latest
        )
        try range.check()
        return range
    }
}
