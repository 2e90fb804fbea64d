internal import Kafka
internal import Reinforce
internal import Settings

/// What is known of the dead letters for broken examples.
struct ExampleLetters {
    /// Up to where each partition's broken examples are among the dead letters; nil: not known, or not ours to write.
    var floors: [TopicPartition: Int64]?
    /// When the group is asked again after it did not answer, milliseconds of the monotonic clock.
    var asksAgainAt: Int64 = 0
}

/// Broken records of the examples topic become dead letters, once each, though every process reads them all: whoever has the
/// first partition of the first events topic writes them, and commits beside it how far that has come on the examples topic.
extension StreamProcessor {
    /// Who has it writes the dead letters.
    var exampleWriter: TopicPartition { TopicPartition(settings.topics.events.first ?? "", 0) }

    /// Asks the group how far broken examples are among the dead letters, where there are some and it is for us to know.
    func learnExampleLetters(_ member: GroupMember) {
        guard exampleLetters.floors == nil, !tables.broken.kept.isEmpty, partitions[exampleWriter] != nil,
            clock.milliseconds >= exampleLetters.asksAgainAt
        else { return }
        let places = Set(tables.broken.kept.map(\.place)).sorted()
        guard let committed = try? member.committed(places, milliseconds: 3000),
            committed.allSatisfy({ $0.error == nil })
        else {
            exampleLetters.asksAgainAt = clock.milliseconds + 30_000
            return
        }
        var floors: [TopicPartition: Int64] = [:]
        for place in committed {
            guard case .at(let offset) = place.offset else { continue }
            // above its end: the topic was deleted and made anew
            if let end = tables.examplePosition(of: place.partition), offset <= end { floors[place.partition] = offset }
        }
        exampleLetters.floors = floors
        for (place, offset) in floors { tables.forgetBroken(place, below: offset) }
    }

    /// Adds dead letters for broken examples to what the writing partition has ready.
    func writeBrokenExamples(_ ready: [any StreamPartition]) {
        guard let floors = exampleLetters.floors, !tables.broken.kept.isEmpty,
            let writer = ready.first(where: { $0.place == exampleWriter })
        else { return }
        for broken in tables.broken.kept where broken.offset >= floors[broken.place] ?? 0 {
            writer.pending.append(services.output.record(broken, at: clock.wallMilliseconds))
            writer.pending.counts.countDeadLetter(NoticeReason.brokenExample.name)
            writer.pending.notices.note(.brokenExample) { broken.sample }
            writer.pending.exampleOffsets[broken.place] = broken.offset + 1
            exampleLetters.floors?[broken.place] = broken.offset + 1
        }
    }
}
