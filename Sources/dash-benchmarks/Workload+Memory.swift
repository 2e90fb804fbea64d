import CMalloc
import DashStream
import JSON
import Reinforce
import Simulation

/// What waits in memory, in bytes for each of it.
extension Workload {
    /// The first record of each thread.
    private var starts: [TrafficRecord] {
        var keys: Set<[UInt8]> = []
        return records.filter { keys.insert($0.key).inserted }
    }

    /// Bytes that an open thread takes beyond its payload: each thread's first message alone, the memory of what is closed
    /// aside, which has a bound of its own.
    var openMemory: Benchmark {
        let starts = starts
        var benchmark = Benchmark(name: "threads/open-memory", unit: "bytes", items: starts.count) {}
        benchmark.amount = { [self] in
            let before = cmalloc_bytes_in_use()
            var stage = stage(.live, starts)
            // as every commit does
            _ = stage.takeClaims()
            _ = stage.takeOpenChanges()
            let held = Int(cmalloc_bytes_in_use()) - Int(before) - stage.openBytes - stage.memoryBytes
            return Double(held) / Double(max(1, stage.openThreads))
        }
        return benchmark
    }

    /// Bytes that a claim takes in stage two, its group's share included: groups of which nobody is done.
    var claimMemory: Benchmark {
        func position(_ offset: Int) -> RecordPosition {
            RecordPosition(partition: 0, offset: Int64(offset), timestamp: 0)
        }
        let starts = starts
        var stage = stage(.live, starts)
        let time = SourceTime(TimeSource(topic: "events", partition: 0), time: starts.first?.timestamp, isIdle: false)
        let claims: [[UInt8]] = stage.takeClaims().compactMap { change in
            guard case .claim(let key, let pairing, let time) = change else { return nil }
            return ScoredRecord.claim(GroupClaim(key, pairing, time: time)).encoded()
        }
        var benchmark = Benchmark(name: "groups/claim-memory", unit: "bytes", items: claims.count) {}
        benchmark.amount = { [examples] in
            let groups = GroupConfiguration()
            let decider = GroupDecider(groups, estimator: .dashflow, rewards: RewardConfiguration(), examples: examples)
            let before = cmalloc_bytes_in_use()
            var stage = GroupStage(GroupStageConfiguration(groups), decider)
            try unsafe stage.receive(ScoredRecord.time(time).encoded().span.bytes, at: position(0))
            for (index, claim) in claims.enumerated() {
                try unsafe stage.receive(claim.span.bytes, at: position(index + 1))
            }
            _ = stage.close()
            _ = stage.takeOpenChanges()
            let held = Int(cmalloc_bytes_in_use()) - Int(before)
            return Double(held) / Double(max(1, claims.count))
        }
        return benchmark
    }
}
