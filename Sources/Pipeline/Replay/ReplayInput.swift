import JSON

/// What a replay reads.
enum ReplayInput {
    /// A recording; the name of the topic where it names none.
    case recording(RecordingReader, topic: String)
    /// A range of topics.
    case topics(TopicReader)

    init(_ options: ReplayOptions) throws {
        if let range = options.topics {
            // a quarter of the budget may be read ahead, the rest is for threads and groups
            self = .topics(try TopicReader(range, memory: options.memoryBudget / 4))
        } else {
            self = .recording(try RecordingReader(options.input, range: options.range), topic: options.topic)
        }
    }

    /// It is so long that it cannot fit into the budget: not worth a try.
    func isLong(_ options: ReplayOptions) -> Bool {
        guard case .recording(let reader, _) = self, !reader.isCompressed, options.range == nil else { return false }
        return reader.fileSize.map { $0 / 2 > Int64(options.memoryBudget) } ?? false
    }

    /// The same input from its beginning.
    func again(_ options: ReplayOptions) throws -> ReplayInput {
        switch self {
        case .recording(let reader, let topic): return .recording(try reader.again(), topic: topic)
        case .topics(let reader):
            let ranges = reader.partitions.map(\.range)
            let memory = options.memoryBudget / 4
            return .topics(try TopicReader(reader.range, memory: memory, ranges: ranges))
        }
    }

    /// Its topics by their numbers.
    var topics: [Text] {
        switch self {
        case .recording(let reader, let topic): reader.hasTopics ? reader.topics.map { Text($0) } : [Text(topic)]
        case .topics(let reader): reader.range.topics.map { Text($0) }
        }
    }

    /// It was not whole.
    var problem: RecordingError? {
        switch self {
        case .recording(let reader, _): reader.problem
        case .topics: nil
        }
    }
}

extension Array {
    /// The element, where there is one.
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
