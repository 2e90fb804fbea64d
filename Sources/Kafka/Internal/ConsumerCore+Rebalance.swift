internal import CRdkafka
internal import Synchronization

extension ConsumerCore {
    /// Partitions come or go. librdkafka waits until the assignment was changed, even where there is nothing to change.
    func rebalance(
        _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        guard !isAbandoned.load(ordering: .relaxed) else { return giveUp([], all: true) }
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
            // an eager assignment begins with nothing
            if !isCooperative { taken = [:] }
            try take(starts)
        } catch {
            problem = error
        }
    }

    /// Reads these partitions too.
    func take(_ starts: [PartitionOffset]) throws(KafkaError) {
        if isCooperative {
            try add(starts)
        } else {
            // an eager group knows whole assignments only: what is read already goes on where it is
            let list = PartitionList(try positions() + starts)
            let code = unsafe rd_kafka_assign(client, list.pointer)
            if code.rawValue != 0 { throw KafkaError(code, "take partitions") }
        }
        for place in starts { taken[place.partition] = place.offset }
    }

    /// Where each partition that is read goes on.
    private func positions() throws(KafkaError) -> [PartitionOffset] {
        guard !taken.isEmpty else { return [] }
        let list = PartitionList(taken.keys.sorted())
        let code = unsafe rd_kafka_position(client, list.pointer)
        if code.rawValue != 0 { throw KafkaError(code, "tell the position") }
        return list.values("tell the position").map { place in
            guard case .at = place.offset else {
                return PartitionOffset(place.partition, taken[place.partition] ?? .stored)
            }
            return PartitionOffset(place.partition, place.offset)
        }
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
