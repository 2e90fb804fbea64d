import Files
internal import Recordings

/// Reading a recording, chunk by chunk.
extension Replay {
    /// Lets partitions take their records side by side: some chunks are on their way at a time, so that a partition with little
    /// of one goes on with the next.
    func read(_ reader: RecordingReader) throws -> Reading {
        let depth = isInOrder ? 1 : options.memoryBudget < 512 << 20 ? 2 : 8
        reader.chunksInUse = depth
        let pool = LanePool(threads: options.threads)
        defer { pool.end() }
        var lanes: [ObjectIdentifier: LanePool.Lane] = [:]
        var waiting: [ChunkWork] = []
        var bytes: Int64 = 0
        while true {
            while waiting.count < depth, let chunk = reader.next() {
                bytes += Int64(chunk.bytes.count)
                let work = ChunkWork(chunk, bytes: bytes, share: reader.share)
                for (index, part) in chunk.partitions.enumerated() {
                    let partition = partition(
                        of: part.topic,
                        part.partition,
                        reader.topics[safe: part.topic] ?? options.topic
                    )
                    let lane = lanes[ObjectIdentifier(partition), default: LanePool.Lane()]
                    lanes[ObjectIdentifier(partition)] = lane
                    pool.add(to: lane, work.group) { work.run(index, partition) }
                }
                waiting.append(work)
            }
            guard !waiting.isEmpty else { return .whole }
            let work = waiting.removeFirst()
            pool.finish(work.group)
            if let ended = try take(work, reader) { return ended }
        }
    }

    /// What came of a chunk, in the order in which they were read.
    ///
    /// - Returns: how the reading ends with it; nil: it goes on.
    private func take(_ work: ChunkWork, _ reader: RecordingReader) throws -> Reading? {
        let parts = work.parts
        if let failure = parts.lazy.compactMap(\.failure).first { throw failure }
        try writeDeadLetters(parts.flatMap(\.deadLetters))
        for part in parts { tell(part.notices) }
        onProgress?(work.chunk.firstIndex + work.chunk.count, work.bytes, work.share)
        if isInterrupted?() == true { return .interrupted }
        if isOverBudget { return .overBudget }
        guard let damaged = parts.compactMap(\.damaged).min() else { return nil }
        // what lies behind it counts as little as if it had not been read
        guard isInOrder else { return .outOfOrder }
        reader.noteDamaged(index: damaged)
        return .whole
    }
}
