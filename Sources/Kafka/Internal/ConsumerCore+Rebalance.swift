internal import CRdkafka

extension ConsumerCore {
    /// Partitions come or go. librdkafka waits until the assignment was changed, even where there is nothing to change.
    func rebalance(
        _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        let partitions = unsafe PartitionList.values(list, "assign").map(\.partition)
        if code.rawValue == KafkaErrorCode.assignPartitions.rawValue {
            assigned(partitions)
        } else {
            let isLoss = code.rawValue != KafkaErrorCode.revokePartitions.rawValue
            let wasLost = unsafe rd_kafka_assignment_lost(client) != 0
            handler?.revoked(partitions, lost: isLoss || wasLost, RebalanceContext(core: self))
            giveUp(partitions, all: isLoss || !isCooperative)
        }
    }

    private func assigned(_ partitions: [TopicPartition]) {
        var starts: [PartitionOffset] = []
        do throws(KafkaError) {
            if let handler {
                let chosen = try handler.assigned(partitions, RebalanceContext(core: self))
                let byPlace = Dictionary(chosen.map { ($0.partition, $0) }) { first, _ in first }
                starts = partitions.compactMap { place in
                    byPlace[place] ?? (handler.takesLater ? nil : PartitionOffset(place, .stored))
                }
            }
        } catch {
            problem = error
        }
        do throws(KafkaError) {
            if isCooperative {
                try add(starts)
            } else {
                try assign(partitions, starts)
            }
            for place in starts { taken[place.partition] = place.offset }
        } catch {
            problem = error
        }
    }

    private var isCooperative: Bool { unsafe String(cString: rd_kafka_rebalance_protocol(client)) == "COOPERATIVE" }

    /// Reads these partitions too.
    func take(_ starts: [PartitionOffset]) throws(KafkaError) {
        if isCooperative {
            try add(starts)
        } else {
            for start in starts { try seekOnceAssigned(start) }
            try resume(starts.map(\.partition))
        }
        for place in starts { taken[place.partition] = place.offset }
    }

    /// An eager group knows whole assignments only, and one that is changed before it has come about ends the process on an
    /// assertion (librdkafka 2.0.2). So all of it is assigned at once, and what is not to be read yet stands still.
    private func assign(_ partitions: [TopicPartition], _ starts: [PartitionOffset]) throws(KafkaError) {
        taken = [:]
        let chosen = Set(starts.map(\.partition))
        let later = partitions.filter { !chosen.contains($0) }
        let list = PartitionList(starts + later.map { PartitionOffset($0, .end) })
        let code = unsafe rd_kafka_assign(client, list.pointer)
        if code.rawValue != 0 { throw KafkaError(code, "take partitions") }
        if !later.isEmpty { try pause(later) }
        // a pause of an earlier assignment lasts
        if !starts.isEmpty { try resume(starts.map(\.partition)) }
    }

    /// Stops reading: what was never taken cannot be given up, and need not be.
    private func giveUp(_ partitions: [TopicPartition], all: Bool) {
        if all {
            taken = [:]
            let code = unsafe rd_kafka_assign(client, nil)
            if code.rawValue != 0 { problem = KafkaError(code, "give partitions up") }
            return
        }
        let ours = partitions.filter { taken.removeValue(forKey: $0) != nil }
        do throws(KafkaError) { try remove(ours) } catch { problem = error }
    }

    /// Adds to what is read.
    func add(_ starts: [PartitionOffset]) throws(KafkaError) {
        let list = PartitionList(starts)
        if let error = unsafe rd_kafka_incremental_assign(client, list.pointer) {
            throw unsafe KafkaError(consuming: error, "take partitions")
        }
    }

    /// Takes away from what is read.
    func remove(_ places: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(places)
        if let error = unsafe rd_kafka_incremental_unassign(client, list.pointer) {
            throw unsafe KafkaError(consuming: error, "give partitions up")
        }
    }
}
