internal import CRdkafka

/// The version of the library that is at work.
public var librdkafkaVersion: String { unsafe String(cString: rd_kafka_version_str()) }
