internal import Kafka
internal import Problems
internal import Reinforce
internal import Settings
internal import Telemetry

extension StreamProcessor {
    /// What is being read about partitions that are ours: the number of each assignment, and what came of it.
    struct Readings: Sendable {
        let numbers: [TopicPartition: Int]
        let found: [TopicPartition: Result<PartitionReading, any Error>]
    }

    /// A partition that is ready to be read, once the pairings beside it are known.
    struct OpenedPartition {
        let partition: any StreamPartition
        let start: Int64
    }

    /// Gets partitions to work that the group has given us. What is committed of them is asked for beside this loop, as
    /// often as it takes.
    func takeUp(_ consumer: borrowing Consumer) throws {
        guard !openings.isEmpty else { return }
        // brokers take their time, whatever clock the stream is told
        let now = SystemClock.uptime
        if let answer = readings.take() { try open(answer, now) }
        try begin(consumer)
        let due = openings.due(at: now, besides: Set(opened.keys))
        if !due.isEmpty { ask(due) }
        if openings.isStuck(at: now) {
            throw SessionEnd.lost("partitions of ours could not be taken up for \(Openings.patience / 1000) s")
        }
    }

    private func ask(_ numbers: [TopicPartition: Int]) {
        let reader = PartitionInquiry(
            settings: settings,
            topology: topology,
            client: settings.consuming(client, instance),
            store: store,
            log: log,
            isEmbedded: isEmbedded
        )
        let tokens = parked.mapValues(\.token)
        _ = readings.start { Readings(numbers: numbers, found: reader.read(numbers.keys.sorted(), parked: tokens)) }
    }

    /// Makes partitions of what was read.
    private func open(_ answer: Readings, _ now: Int64) throws {
        var problem: (place: TopicPartition, error: any Error)?
        var pairings: [Int32: (low: Int64, high: Int64)] = [:]
        var rewards: [Int32: (low: Int64, high: Int64)] = [:]
        for (place, result) in answer.found.sorted(by: { $0.key < $1.key }) {
            guard let number = answer.numbers[place], openings.isCurrent(place, number) else { continue }
            do {
                guard let made = try open(try result.get()) else { continue }
                opened[place] = OpenedPartition(partition: made.partition, start: made.start)
                if let bounds = try result.get().pairings { pairings[place.partition] = bounds }
                if let bounds = try result.get().rewards { rewards[place.partition] = bounds }
            } catch let error as KafkaError where !error.isNotAllowed {
                problem = problem ?? (place, error)
            } catch let error as PipelineProblem where error.isPassing {
                problem = problem ?? (place, error)
            }
        }
        try tables.follow(pairings: pairings, rewards: rewards)
        let mustTell = openings.answered(failed: problem != nil, at: now)
        guard mustTell, let problem else { return }
        log.error(
            "partitions are ours and nobody works on them: what is committed of them cannot be read; trying again",
            [
                "partitions": .init(openings.places.map(\.description).joined(separator: " ")),
                "problem": .init("\(problem.error)"),
            ]
        )
    }

    /// Reads from those that are ready.
    private func begin(_ consumer: borrowing Consumer) throws {
        let ready = opened.filter { place, _ in
            place.topic != settings.topics.events.first || tables.isThrough(place.partition)
        }
        guard !ready.isEmpty, consumer.isCooperative || ready.count == openings.places.count else { return }
        Faults.point("assign-before-seek")
        try consumer.take(ready.map { PartitionOffset($0.key, .at($0.value.start)) })
        let longest = ready.keys.map { openings.waited($0, at: SystemClock.uptime) }.max() ?? 0
        for (place, made) in ready {
            partitions[place] = made.partition
            opened[place] = nil
            openings.remove(place)
        }
        measures.rebalanced(.assigned, took: longest)
        log.info(
            "assigned",
            [
                "partitions": .init(ready.keys.sorted().map(\.description).joined(separator: " ")),
                "ms": .init(Int(longest)),
            ]
        )
    }
}
