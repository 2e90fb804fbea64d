internal import DashStream
internal import Foundation
internal import JSON
internal import Kafka
internal import Reinforce
internal import Settings

extension Settings {
    /// Who writes: the same after a restart, so that what an earlier life left open is ended.
    func transactionalID(_ instance: String) -> String { "\(appID)-\(instance)" }

    /// Properties of the producer.
    func producing(_ client: ClientConfiguration) -> ClientConfiguration {
        var configuration = client
        configuration[.linger] = 5
        configuration[.messageMaxBytes] = max(1_000_000, batches.maxBytes * 2, limits.maxFrameBytes + 65_536)
        if configuration[.compression] == nil { configuration[.compression] = "lz4" }
        if configuration[property: "transaction.timeout.ms"] == nil {
            configuration[property: "transaction.timeout.ms"] = "15000"
        }
        if configuration[property: "socket.timeout.ms"] == nil {
            configuration[property: "socket.timeout.ms"] = "10000"
        }
        return configuration
    }

    /// Properties of the consumer: a member of the group that sees committed records only and resets nothing by itself.
    func consuming(_ client: ClientConfiguration, _ instance: String) -> ClientConfiguration {
        var configuration = client
        configuration[.groupID] = appID
        configuration[.groupInstanceID] = instance
        configuration[.autoCommit] = false
        configuration[.autoOffsetStore] = false
        configuration[.offsetReset] = "error"
        configuration[.isolationLevel] = "read_committed"
        // it alone spreads each topic by itself; what comes back to a member after a rebalance is not read again
        if configuration[.assignmentStrategy] == nil { configuration[.assignmentStrategy] = "range" }
        configuration[.partitionEnd] = true
        configuration[.checksums] = true
        if configuration[.sessionTimeout] == nil { configuration[.sessionTimeout] = 10_000 }
        // a rebalance is heard of sooner than by librdkafka's three seconds, and so is a broker that has fallen silent
        if configuration[property: "heartbeat.interval.ms"] == nil {
            let session = configuration[.sessionTimeout] ?? 10_000
            configuration[property: "heartbeat.interval.ms"] = String(max(1, min(1500, session / 3)))
        }
        if configuration[.maxPollInterval] == nil { configuration[.maxPollInterval] = 60_000 }
        if configuration[property: "fetch.wait.max.ms"] == nil { configuration[property: "fetch.wait.max.ms"] = "50" }
        configuration.fetchAhead(within: limits.memoryBudget)
        return configuration
    }

    /// The rules of the second stage.
    func groupStageConfiguration(_ topology: StreamTopology) -> GroupStageConfiguration {
        var configuration = GroupStageConfiguration(groupConfiguration())
        configuration.closedMemoryRecords = Int64(groups.closedMemoryRecords)
        configuration.exampleGrace = examples.grace
        configuration.mayRepeat = !isExactlyOnce
        configuration.sources = Set(
            topology.sources.map { TimeSource(topic: .init($0.topic), partition: $0.partition) }
        )
        return configuration
    }
}

extension ClientConfiguration {
    /// How long no broker that is well leaves a member of the group without a word, milliseconds: its heartbeats are answered.
    var longestSilence: Int64 {
        let heartbeat = self[property: "heartbeat.interval.ms"].flatMap { Int64($0) } ?? 3000
        return max(0, min(heartbeat, 60_000)) + 1000
    }

    /// Keeps the fetcher from sleeping a second behind a queue that is soon empty. What is queued is bounded by
    /// `queued.max.messages.kbytes` in any case; `budget`: bytes that the process may hold.
    mutating func fetchAhead(within budget: Int) {
        if knows("fetch.queue.backoff.ms") {
            if self[property: "fetch.queue.backoff.ms"] == nil { self[property: "fetch.queue.backoff.ms"] = "20" }
        } else if self[property: "queued.min.messages"] == nil {
            // before librdkafka 2.2 that second is fixed: only a queue that lasts longer helps. A record in it takes some
            // hundred bytes beside its own.
            self[property: "queued.min.messages"] = String(min(500_000, max(100_000, budget / 2048)))
        }
    }
}
