import Files
import JSON
import Recordings

/// What a replay reads.
enum ReplayInput {
    /// A recording; the name of the topic where it names none.
    case recording(RecordingReader, topic: String)
    /// A range of topics.
    case topics(TopicReader)

    init(_ options: ReplayOptions) throws {
        if let range = options.topics {
            self = .topics(try TopicReader(range, memory: Self.readAhead(options)))
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
            return .topics(try TopicReader(reader.range, memory: Self.readAhead(options), ranges: ranges))
        }
    }

    /// Bytes that the client may read ahead; the rest of the budget is for threads and groups.
    private static func readAhead(_ options: ReplayOptions) -> Int { options.memoryBudget / 16 }

    /// Its topics by their numbers.
    var topics: [Text] {
        switch self {
        case .recording(let reader, let topic): reader.hasTopics ? reader.topics.map { Text($0) } : [Text(topic)]
        case .topics(let reader): reader.range.topics.map { Text($0) }
        }
    }

    /// It was not whole.
    var problem: InputError? {
        switch self {
        case .recording(let reader, _): reader.problem
        case .topics: nil
        }
    }
}
