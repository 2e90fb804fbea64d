internal import CRdkafka

/// A member of a consumer group, as the group's coordinator knows it.
public struct GroupMemberDescription: Sendable, Hashable {
    /// `client.id`
    public let clientID: String
    /// `group.instance.id`; nil: the member has none.
    public let instanceID: String?
    /// Where it connects from, as an address.
    public let host: String

    /// A member.
    public init(clientID: String, instanceID: String?, host: String) {
        self.clientID = clientID
        self.instanceID = instanceID
        self.host = host
    }
}

extension Admin {
    /// The members of a consumer group; none where there is no such group.
    ///
    /// - Throws: ``KafkaError`` where the coordinator does not answer, or does not allow it.
    public func members(ofGroup group: String) throws(KafkaError) -> [GroupMemberDescription] {
        let operation = "describe group \(group)"
        var found: [GroupMemberDescription] = []
        try unsafe request(operation) { client, options, queue in
            unsafe group.withCString { name in
                var names: [UnsafePointer<CChar>?] = unsafe [name]
                unsafe rd_kafka_DescribeConsumerGroups(client, &names, 1, options, queue)
            }
        } results: { event in
            var count = 0
            guard let result = unsafe rd_kafka_event_DescribeConsumerGroups_result(event),
                let groups = unsafe rd_kafka_DescribeConsumerGroups_result_groups(result, &count), count > 0,
                let description = unsafe groups[0]
            else { return nil }
            if let error = unsafe rd_kafka_ConsumerGroupDescription_error(description) {
                return unsafe KafkaError(borrowing: error, operation)
            }
            for index in 0..<(unsafe rd_kafka_ConsumerGroupDescription_member_count(description)) {
                guard let member = unsafe rd_kafka_ConsumerGroupDescription_member(description, index) else { continue }
                let instance = unsafe rd_kafka_MemberDescription_group_instance_id(member)
                let host = unsafe String(cString: rd_kafka_MemberDescription_host(member))
                found.append(
                    GroupMemberDescription(
                        clientID: unsafe String(cString: rd_kafka_MemberDescription_client_id(member)),
                        instanceID: unsafe instance.map { unsafe String(cString: $0) },
                        // a coordinator writes addresses as /10.0.0.7
                        host: host.hasPrefix("/") ? String(host.dropFirst()) : host
                    )
                )
            }
            return nil
        }
        return found
    }

    /// Removes a consumer group with all that it has committed; one that is not there is removed already.
    ///
    /// - Throws: ``KafkaError`` where it has members, or the coordinator does not answer or allow it.
    public func deleteGroup(_ group: String) throws(KafkaError) {
        guard let name = unsafe rd_kafka_DeleteGroup_new(group) else { return }
        defer { unsafe rd_kafka_DeleteGroup_destroy(name) }
        let operation = "delete group \(group)"
        var names: [OpaquePointer?] = unsafe [name]
        do throws(KafkaError) {
            try unsafe request(operation) { client, options, queue in
                unsafe rd_kafka_DeleteGroups(client, &names, 1, options, queue)
            } results: { event in
                var count = 0
                guard let result = unsafe rd_kafka_event_DeleteGroups_result(event),
                    let results = unsafe rd_kafka_DeleteGroups_result_groups(result, &count), count > 0,
                    let error = unsafe rd_kafka_group_result_error(results[0])
                else { return nil }
                return unsafe KafkaError(borrowing: error, operation)
            }
        } catch  where error.code == .groupNotFound {}
    }
}
