public import DashStream
internal import Files
public import Kafka

/// A record of the examples topic that is no training example, on its way to the dead letters.
public struct BrokenExample: Sendable {
    /// Where it stands.
    public let place: TopicPartition
    /// Its offset there.
    public let offset: Int64
    /// Its Kafka timestamp, milliseconds.
    public let timestamp: Int64
    /// Its bytes as they are.
    public let key: [UInt8]?
    /// Its bytes as they are.
    public let value: [UInt8]?
    /// Its headers as they are.
    public let headers: [RecordHeader]
    /// What is wrong with it.
    public let poison: Poison

    init(_ record: borrowing Record, _ poison: Poison) {
        place = TopicPartition(record.topic, record.partition)
        offset = record.offset
        timestamp = record.timestamp
        if let span = record.key { key = [UInt8](span) } else { key = nil }
        if let span = record.value { value = [UInt8](span) } else { value = nil }
        headers = record.headers
        self.poison = poison
    }

    /// Where it stands and what is wrong with it, in one sentence.
    public var description: String { "\(place)@\(offset): \(poison.message)" }

    var bytes: Int { 256 + (key?.count ?? 0) + (value?.count ?? 0) }

    var sample: NoticeSample {
        NoticeSample().with("key", key.map { String(decoding: $0.prefix(480), as: UTF8.self) })
            .at(place.topic, place.partition, offset).with("problem", poison.message)
    }
}

/// Broken examples that are kept until they are written to the dead letters; bounded.
public struct BrokenExamples: Sendable {
    /// Those that are kept, in the order in which they were read.
    public private(set) var kept: [BrokenExample] = []
    /// Those for which there was no room: a later start finds them again.
    public private(set) var passedOver = 0
    private var bytes = 0
    private let limit: Int

    /// - Parameter limit: bytes that are kept at most.
    public init(limit: Int = 16 << 20) { self.limit = limit }

    /// How many there were.
    public var count: Int { kept.count + passedOver }

    mutating func add(_ example: BrokenExample) {
        guard bytes + example.bytes <= limit, passedOver == 0 else {
            passedOver += 1
            return
        }
        bytes += example.bytes
        kept.append(example)
    }

    /// Those below an offset of a partition are written.
    mutating func forget(_ place: TopicPartition, below offset: Int64) {
        kept.removeAll { $0.place == place && $0.offset < offset }
        bytes = kept.reduce(0) { $0 + $1.bytes }
    }
}
