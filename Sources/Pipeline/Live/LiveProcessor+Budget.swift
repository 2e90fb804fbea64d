internal import Kafka
internal import Reinforce
internal import Settings
internal import Telemetry

extension LiveProcessor {
    /// Bytes that open threads and unwritten groups hold, roughly.
    private var bytesHeld: Int {
        partitions.values.reduce(0) { $0 + $1.stage.openBytes } + composing.reduce(0) { $0 + 2 * $1.body.count }
            + groups.waitingBytes
    }

    /// Stops reading at the budget and goes on once a fifth of it is free: memory never grows with what is on the topic.
    /// Time stands still meanwhile: a thread must not end for want of records that nobody reads.
    func keepWithinBudget(_ consumer: borrowing Consumer) throws {
        let held = bytesHeld
        let budget = settings.limits.memoryBudget
        let places = partitions.keys.map { TopicPartition(topic, $0) }
        if !isPaused, held > budget {
            isPaused = true
            try consumer.pause(places)
            log.error(
                "paused at limits.memory_budget; if it stays so, raise it and start again: nothing is lost",
                ["bytes": .init(held), "threads": .init(openThreads)]
            )
        } else if isPaused, held < budget - budget / 5 {
            isPaused = false
            try consumer.resume(places)
            log.info("reading again", ["bytes": .init(held)])
        }
    }

    private var openThreads: Int { partitions.values.reduce(0) { $0 + $1.stage.openThreads } }
}
