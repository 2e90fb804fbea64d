import Files
import Kafka
internal import Recordings
import Reinforce

extension Replay {
    /// Reads a range of topics to its end, partitions side by side.
    func read(_ reader: TopicReader) throws -> Reading {
        let work = reader.partitions.map { part in
            partition(of: part.range.topic, part.range.partition.partition, part.range.partition.topic)
        }
        let letters = DeadLetterSequence(partitions: work.count)
        let shared = Unshared((work, reader.partitions))
        var isStarved = false
        while !reader.isDone {
            let open = reader.partitions.indices.filter { !reader.partitions[$0].isDone }
            let before = reader.count
            // where nothing came last time, one partition waits for the broker; the others are looked at after it
            let patient = isStarved ? open.first : nil
            inParallel(open.count, threads: options.threads) { index in
                let at = open[index]
                let (partitions, readers) = unsafe shared.value
                partitions[at].receive(from: readers[at], milliseconds: at == patient ? 10 : 0)
            }
            isStarved = reader.count == before
            for (index, partition) in work.enumerated() {
                if let failure = partition.failure { throw failure }
                tell(partition.takeNotices())
                if deadLetters != nil { try letters.append(partition.takeDeadLetters(), of: index) }
            }
            try reader.serve(starved: isStarved)
            onProgress?(reader.count, bytesRead(work), reader.share)
            if isInterrupted?() == true { return .interrupted }
            if isOverBudget { return .overBudget }
        }
        if let deadLetters { try letters.write(to: deadLetters, counts: reader.partitions.map(\.count)) }
        return .whole
    }

    private func bytesRead(_ work: [ReplayPartition]) -> Int64 {
        work.reduce(Int64(0)) { $0 + Int64($1.stage.counters.bytes) }
    }
}
