internal import Kafka
internal import Reinforce
internal import Settings

/// Broken records of the examples topic become dead letters, once each, though every process reads them all: whoever has the
/// first partition of the first events topic writes them, and commits beside it how far that has come on the examples topic.
struct ExampleLetters {
    /// Who has it writes the dead letters.
    let writer: TopicPartition
    private let services: StreamServices
    private let tables: ReferenceTables
    /// Up to where each partition's broken examples are among the dead letters; nil: not known, or not ours to write.
    private(set) var floors: [TopicPartition: Int64]?
    /// When the group is asked again after it did not answer, milliseconds of the monotonic clock.
    private var asksAgainAt: Int64 = 0

    init(_ services: StreamServices, _ tables: ReferenceTables) {
        self.services = services
        self.tables = tables
        writer = TopicPartition(services.settings.topics.events.first ?? "", 0)
    }

    /// A partition is ours no longer.
    mutating func leave(_ place: TopicPartition) { if place == writer { floors = nil } }

    /// From the beginning.
    mutating func reset() { (floors, asksAgainAt) = (nil, 0) }

    /// Asks the group how far broken examples are among the dead letters, where there are some.
    mutating func learn(_ member: GroupMember) {
        let now = services.clock.milliseconds
        guard floors == nil, !tables.broken.kept.isEmpty, now >= asksAgainAt else { return }
        let places = Set(tables.broken.kept.map(\.place)).sorted()
        guard let committed = try? member.committed(places, milliseconds: 3000),
            committed.allSatisfy({ $0.error == nil })
        else {
            asksAgainAt = now + 30_000
            return
        }
        var found: [TopicPartition: Int64] = [:]
        for place in committed {
            guard case .at(let offset) = place.offset else { continue }
            // above its end: the topic was deleted and made anew
            if let end = tables.examplePosition(of: place.partition), offset <= end { found[place.partition] = offset }
        }
        floors = found
        for (place, offset) in found { tables.forgetBroken(place, below: offset) }
    }

    /// Broken examples that are not among the dead letters yet, as far as that is known.
    private var due: [BrokenExample] {
        guard let floors else { return [] }
        return tables.broken.kept.filter { $0.offset >= floors[$0.place] ?? 0 }
    }

    /// A task has dead letters to write beside its own output.
    func isDue(of place: TopicPartition) -> Bool { place == writer && !due.isEmpty }

    /// Adds them to what the writing task has ready.
    mutating func write(to output: inout TaskOutput) {
        for broken in due {
            output.append(services.output.record(broken, at: services.clock.wallMilliseconds))
            output.counts.countDeadLetter(NoticeReason.brokenExample.name)
            output.notices.note(.brokenExample) { broken.sample }
            output.exampleOffsets[broken.place] = broken.offset + 1
            floors?[broken.place] = broken.offset + 1
        }
    }

    /// They are among the dead letters for good.
    func committed(_ offsets: [TopicPartition: Int64]) {
        for (place, offset) in offsets { tables.forgetBroken(place, below: offset) }
    }
}
