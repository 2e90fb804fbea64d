extension Settings {
    /// Where a consumer group without committed offsets begins to read.
    public enum Start: Sendable, Hashable, CustomStringConvertible {
        /// The first record that is left.
        case earliest
        /// Behind the last record.
        case latest
        /// The first record at or after a time.
        case time(Time)

        /// Reads `earliest`, `latest` or a time.
        ///
        /// - Throws: ``TimeProblem`` where it is neither.
        init(parsing text: String) throws(TimeProblem) {
            switch text {
            case "earliest": self = .earliest
            case "latest": self = .latest
            default: self = .time(try Time(parsing: text))
            }
        }

        /// As it is written in a configuration.
        public var description: String {
            switch self {
            case .earliest: "earliest"
            case .latest: "latest"
            case .time(let time): time.text
            }
        }
    }
}
