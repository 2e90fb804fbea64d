internal import CRdkafka

/// The version of the library that is at work.
public var librdkafkaVersion: String { unsafe String(cString: rd_kafka_version_str()) }

extension ClientConfiguration {
    /// Whether the library at work has a property of that name: newer ones have more.
    public func knows(_ property: String) -> Bool {
        guard let conf = unsafe rd_kafka_conf_new() else { return false }
        defer { unsafe rd_kafka_conf_destroy(conf) }
        var size = 0
        return unsafe rd_kafka_conf_get(conf, property, nil, &size) == RD_KAFKA_CONF_OK
    }
}
