internal import CRdkafka

extension Admin {
    /// The settings of a topic as the broker has them, by name.
    public func configuration(ofTopic name: String) throws(KafkaError) -> [String: String] {
        guard let resource = unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name) else { return [:] }
        defer { unsafe rd_kafka_ConfigResource_destroy(resource) }
        var resources: [OpaquePointer?] = unsafe [resource]
        var found: [String: String] = [:]
        try unsafe request("describe topic \(name)") { client, options, queue in
            unsafe rd_kafka_DescribeConfigs(client, &resources, 1, options, queue)
        } results: { event in
            var count = 0
            guard let result = unsafe rd_kafka_event_DescribeConfigs_result(event),
                let resources = unsafe rd_kafka_DescribeConfigs_result_resources(result, &count), count > 0
            else { return nil }
            let code = unsafe rd_kafka_ConfigResource_error(resources[0])
            if code.rawValue != 0 {
                let text = unsafe rd_kafka_ConfigResource_error_string(resources[0]).map { unsafe String(cString: $0) }
                return KafkaError(code, "describe topic \(name)", message: text)
            }
            var entries = 0
            guard let list = unsafe rd_kafka_ConfigResource_configs(resources[0], &entries) else { return nil }
            for index in 0..<entries {
                guard let key = unsafe rd_kafka_ConfigEntry_name(list[index]),
                    let value = unsafe rd_kafka_ConfigEntry_value(list[index])
                else { continue }
                found[unsafe String(cString: key)] = unsafe String(cString: value)
            }
            return nil
        }
        return found
    }

    /// Changes settings of a topic: all that it shall have beside the broker's defaults.
    public func setConfiguration(_ settings: [String: String], ofTopic name: String) throws(KafkaError) {
        guard let resource = unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name) else { return }
        defer { unsafe rd_kafka_ConfigResource_destroy(resource) }
        for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
            unsafe _ = rd_kafka_ConfigResource_set_config(resource, key, value)
        }
        var resources: [OpaquePointer?] = unsafe [resource]
        try unsafe request("configure topic \(name)") { client, options, queue in
            unsafe rd_kafka_AlterConfigs(client, &resources, 1, options, queue)
        } results: { event in
            var count = 0
            guard let result = unsafe rd_kafka_event_AlterConfigs_result(event),
                let resources = unsafe rd_kafka_AlterConfigs_result_resources(result, &count), count > 0
            else { return nil }
            let code = unsafe rd_kafka_ConfigResource_error(resources[0])
            guard code.rawValue != 0 else { return nil }
            let text = unsafe rd_kafka_ConfigResource_error_string(resources[0]).map { unsafe String(cString: $0) }
            return KafkaError(code, "configure topic \(name)", message: text)
        }
    }
}
