internal import JSON
internal import Kafka
internal import Reinforce
internal import Terminal

/// One thread, record or message that a notice is about. Ids are cut and have no control characters; values are never here.
public struct NoticeSample: Sendable, Hashable {
    /// What is known of it: name and text, in the order in which it is shown.
    public private(set) var facts: [Fact] = []

    /// Something that is known.
    public struct Fact: Sendable, Hashable {
        /// Its name, as `thread`.
        public let name: String
        /// Its text, fit to be shown.
        public let text: String
    }

    /// Characters of an id that are shown.
    private static let longest = 120

    /// Nothing is known.
    public init() {}

    /// The same, and one thing more; an empty text says nothing.
    func with(_ name: String, _ text: String?) -> NoticeSample {
        guard let text, !text.isEmpty else { return self }
        var sample = self
        sample.facts.append(Fact(name: name, text: printable(text, limit: Self.longest)))
        return sample
    }

    /// A thread that is over.
    ///
    /// - Parameter topics: the events topics, by number.
    init(_ entry: LedgerEntry, topics: [String]) {
        self = NoticeSample(entry.key, topics, entry.source)
            .with("example", entry.pairing?.exampleID.string)
            .with("group", entry.pairing?.groupID.string)
    }

    /// A thread, and where its first record stands.
    init(_ key: ThreadKey, _ topics: [String], _ source: SourceRange) {
        let topic = topics.indices.contains(Int(source.topic)) ? topics[Int(source.topic)] : ""
        self = NoticeSample(key).at(topic, source.partition, source.firstOffset)
    }

    /// A message of a thread.
    init(_ sample: Oddities.Sample, topic: String) {
        self = NoticeSample(sample.key).at(topic, sample.position.partition, sample.position.offset)
    }

    /// A record, by its key.
    init(recordKey: RawSpan?, _ topic: String, _ partition: Int32, _ offset: Int64) {
        var key: String?
        if let recordKey {
            let head = recordKey.extracting(first: 4 * Self.longest)
            key = unsafe head.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        self = NoticeSample().with("key", key).at(topic, partition, offset)
    }

    /// A thread by its name alone.
    init(_ key: ThreadKey) {
        self = NoticeSample().with("thread", key.thread.string).with("tenant", key.tenant.string)
    }

    /// The same, and where it stands, as `inspect` takes it.
    func at(_ topic: String, _ partition: Int32, _ offset: Int64) -> NoticeSample {
        with("at", "\(topic)[\(partition)]@\(offset)")
    }
}
