package import Kafka
package import Problems

extension TopicRange {
    /// Properties of a consumer that reads partitions from and to fixed offsets.
    ///
    /// - Parameter memory: bytes that may be read ahead, for all `partitions` together.
    package func consumerConfiguration(memory: Int, partitions: Int) -> ClientConfiguration {
        var reading = client
        // librdkafka wants a group to be named; nothing is ever committed
        if reading[.groupID] == nil { reading[.groupID] = "dash-reinforce-range" }
        reading[.autoCommit] = false
        reading[.autoOffsetStore] = false
        reading[.offsetReset] = "error"
        reading[.isolationLevel] = "read_committed"
        reading[.partitionEnd] = true
        reading[.checksums] = true
        let share = memory / max(1, partitions)
        reading[.prefetchKilobytes] = min(16 << 20, max(64 << 10, share)) / 1024
        // a message in the client's queue takes more than its bytes, and compressed ones arrive in batches
        reading[property: "queued.min.messages"] = "\(min(100_000, max(100, share / 512)))"
        reading[property: "fetch.message.max.bytes"] = "\(min(1 << 20, max(32 << 10, share / 16)))"
        return reading
    }

    /// Asks the brokers where every partition of the range begins and ends.
    ///
    /// - Throws: ``PipelineProblem`` where a topic, a partition or an offset is not there, or no broker answers.
    package func resolve(_ consumer: borrowing Consumer) throws(PipelineProblem) -> [PartitionRange] {
        var places: [TopicPartition] = []
        var bounds: [(low: Int64, high: Int64)] = []
        do throws(KafkaError) {
            let admin = try Admin(client, milliseconds: 10_000)
            for topic in topics {
                let count = try admin.topics(topic).first?.partitions ?? 0
                guard count > 0 else { throw KafkaError.unknown(topic) }
                places += (0..<count).map { TopicPartition(topic, $0) }
            }
            for place in places { bounds.append(try consumer.watermarks(place)) }
        } catch {
            throw PipelineProblem(error, client)
        }
        let first = try offsets(from, "--from", places, bounds, consumer) ?? bounds.map(\.low)
        let last = try offsets(to, "--to", places, bounds, consumer) ?? bounds.map(\.high)
        var ranges: [PartitionRange] = []
        for (index, place) in places.enumerated() {
            // records of no partition: a time range may end before it begins there
            let end = max(first[index], last[index])
            guard let topic = topics.firstIndex(of: place.topic) else { continue }
            ranges.append(PartitionRange(partition: place, topic: topic, from: first[index], to: end))
        }
        return ranges
    }

    /// A bound's offset in every partition; nil: all there is.
    private func offsets(
        _ bound: RangeBound,
        _ flag: String,
        _ places: [TopicPartition],
        _ bounds: [(low: Int64, high: Int64)],
        _ consumer: borrowing Consumer
    ) throws(PipelineProblem) -> [Int64]? {
        switch bound {
        case .earliest: return bounds.map(\.low)
        case .latest: return bounds.map(\.high)
        case .time(let time):
            let found: [PartitionOffset]
            do throws(KafkaError) {
                found = try consumer.offsets(places, at: time)
            } catch {
                throw PipelineProblem(error, client)
            }
            return zip(places, bounds).map { place, bound in
                guard case .at(let offset)? = found.first(where: { $0.partition == place })?.offset else {
                    return bound.high
                }
                return min(max(offset, bound.low), bound.high)
            }
        case .offsets(let named):
            return try offsets(named, flag, places, bounds)
        }
    }

    private func offsets(
        _ named: [RangeBound.Partition: Int64],
        _ flag: String,
        _ places: [TopicPartition],
        _ bounds: [(low: Int64, high: Int64)]
    ) throws(PipelineProblem) -> [Int64] {
        var offsets = flag == "--from" ? bounds.map(\.low) : bounds.map(\.high)
        let sorted = named.sorted { ($0.key.topic ?? "", $0.key.number) < ($1.key.topic ?? "", $1.key.number) }
        for (partition, offset) in sorted {
            let place = TopicPartition(partition.topic ?? topics.first ?? "", partition.number)
            guard let index = places.firstIndex(of: place) else {
                throw PipelineProblem(.usage, "\(flag) names \(place), which is not there")
            }
            guard offset >= bounds[index].low, offset <= bounds[index].high else {
                throw PipelineProblem(
                    .input,
                    "\(flag) names offset \(offset) of \(place), which holds \(bounds[index].low) "
                        + "to \(bounds[index].high) (exclusive): what is missing was removed, or is not written yet"
                )
            }
            offsets[index] = offset
        }
        return offsets
    }
}

extension KafkaError {
    package static func unknown(_ topic: String) -> KafkaError {
        KafkaError(.unknownTopicOrPartition, "describe topic \(topic)", "it is not there")
    }
}
