internal import Kafka
internal import Problems
internal import Settings

/// Requests that a broker refuses for another reason once it has looked at the permissions: nothing is written, joined or
/// fenced, and what is missing shows all the same.
extension Check {
    func permissions(_ topics: [PlannedTopic], _ admin: Admin) -> [Finding] {
        var findings: [Finding] = []
        findings += reading(topics.filter { $0.operations.contains(.read) })
        findings += writing(topics.filter { $0.operations.contains(.write) })
        findings += deleting(topics.filter { $0.operations.contains(.delete) }, admin)
        findings.append(joining())
        if settings.isExactlyOnce { findings.append(transacting()) }
        return findings
    }

    /// A permission that is missing, and the command that grants it, with others that will be missing too.
    func denied(
        _ resource: Permission.Resource,
        _ operation: PlannedTopic.Operation,
        granting operations: [PlannedTopic.Operation]? = nil
    ) -> Finding {
        let subject =
            switch resource {
            case .topic(let name): "topic \(name)"
            case .group(let name): "group \(name)"
            case .transactionalIDs(let prefix): "transactional ids \(prefix)*"
            }
        let permission = Permission(resource: resource, operations: operations ?? [operation])
        return .error(
            .notAllowed,
            subject,
            "\(operation.rawValue) is not allowed",
            permission.command(principal: principal, brokers: configuration[.brokers] ?? "")
        )
    }

    private func outcome(_ error: KafkaError, _ resource: Permission.Resource, _ operation: PlannedTopic.Operation)
        -> Finding
    {
        if error.isNotAllowed { return denied(resource, operation) }
        return .error(.unavailable, "\(operation.rawValue)", error.description, "")
    }

    /// Reads the end of a partition of each.
    private func reading(_ topics: [PlannedTopic]) -> [Finding] {
        topics.map { topic in
            do throws(KafkaError) {
                let consumer = try consumer { _ in }
                try consumer.assign([PartitionOffset(TopicPartition(topic.name, 0), .end)])
                var batch = RecordBatch(capacity: 1)
                for _ in 0..<100 {
                    try consumer.poll(into: &batch, milliseconds: 100)
                    if batch.count > 0 || !batch.ends.isEmpty { return .ok("topic \(topic.name)", "Read is allowed") }
                }
                return .error(.unavailable, "topic \(topic.name)", "cannot be read: no answer within 10 s", "")
            } catch {
                return outcome(error, .topic(topic.name), .read)
            }
        }
    }

    /// Asks for a number of acknowledgements that does not exist: refused behind the permissions, nothing is written.
    private func writing(_ topics: [PlannedTopic]) -> [Finding] {
        guard !topics.isEmpty else { return [] }
        let fates = Fates()
        do throws(KafkaError) {
            let producer = try producer {
                $0[.idempotence] = false
                $0[property: "acks"] = "2"
                $0[.messageTimeout] = 10_000
                $0[property: "message.send.max.retries"] = "0"
            }
            for topic in topics {
                try producer.enqueue(topic: topic.name, partition: 0, key: [], value: []) {
                    fates.note(topic.name, $0)
                }
            }
            try producer.close(milliseconds: 15_000)
        } catch {
            return [outcome(error, .topic(topics[0].name), .write)]
        }
        return topics.map { topic in
            switch fates[topic.name] {
            case .failure(let error) where error.isNotAllowed: denied(.topic(topic.name), .write)
            // INVALID_REQUIRED_ACKS
            case .failure(let error) where error.code == .invalidAcknowledgements:
                .ok("topic \(topic.name)", "Write is allowed")
            case .failure(let error): .error(.unavailable, "topic \(topic.name)", error.description, "")
            case .success, nil: .error(.unavailable, "topic \(topic.name)", "the broker gave no answer", "")
            }
        }
    }

    /// Removes what is before the first record: nothing.
    private func deleting(_ topics: [PlannedTopic], _ admin: Admin) -> [Finding] {
        topics.map { topic in
            do throws(KafkaError) {
                try admin.deleteRecords(before: [PartitionOffset(TopicPartition(topic.name, 0), .at(0))])
                return .ok("topic \(topic.name)", "Delete is allowed")
            } catch {
                return outcome(error, .topic(topic.name), .delete)
            }
        }
    }

    /// Asks to join with a session that is shorter than any broker allows: refused behind the permissions.
    private func joining() -> Finding {
        let group = settings.appID
        do throws(KafkaError) {
            let consumer = try consumer {
                $0[.sessionTimeout] = 1
                $0[property: "heartbeat.interval.ms"] = "1"
            }
            try consumer.subscribe(settings.topics.events, NoRebalance())
            var batch = RecordBatch(capacity: 1)
            for _ in 0..<100 { try consumer.poll(into: &batch, milliseconds: 100) }
            return .error(.unavailable, "group \(group)", "its coordinator gave no answer within 10 s", "")
        } catch {
            if error.code == .groupNotAllowed { return denied(.group(group), .read) }
            // the topics are looked at for themselves
            if error.code == .topicNotAllowed || error.isUnknownTopic {
                return .warning("group \(group)", "cannot be joined without its topics", "correct those first")
            }
            // INVALID_SESSION_TIMEOUT
            if error.code == .invalidSessionTimeout { return .ok("group \(group)", "Read is allowed") }
            return .error(.unavailable, "group \(group)", error.description, "")
        }
    }

    /// Asks for a transaction longer than any broker allows: refused behind the permissions, before anybody is fenced.
    private func transacting() -> Finding {
        let prefix = settings.appID + "-"
        do throws(KafkaError) {
            let id = prefix + (settings.instanceID.isEmpty ? "check" : settings.instanceID)
            let producer = try transactions(id) { $0[.transactionTimeout] = Int(Int32.max) }
            try producer.initialize()
            return .ok("transactional ids \(prefix)*", "Write is allowed")
        } catch {
            // INVALID_TRANSACTION_TIMEOUT
            if error.code == .invalidTransactionTimeout {
                return .ok("transactional ids \(prefix)*", "Write is allowed")
            }
            return outcome(error, .transactionalIDs(prefix), .write)
        }
    }
}

/// Never assigned anything.
private final class NoRebalance: RebalanceHandler {
    func assigned(_ partitions: [TopicPartition], _ context: RebalanceContext) throws(KafkaError) -> [PartitionOffset] {
        []
    }
    func revoked(_ partitions: [TopicPartition], lost: Bool, _ context: RebalanceContext) {}
}
