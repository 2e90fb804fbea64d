internal import CRdkafka

/// What librdkafka has against a property.
public struct PropertyProblem: Sendable, Hashable {
    /// The property's name.
    public let name: String
    /// librdkafka has no property of that name, or was built without what it needs.
    public let isUnknown: Bool
    /// librdkafka's own words; a secret's value is not among them.
    public let message: String
}

extension ClientConfiguration {
    /// Asks librdkafka about every property by itself; no client is made and no broker is asked.
    public var problems: [PropertyProblem] {
        sorted.compactMap { name, value in Self.problem(name, value) }
    }

    /// Every property that this librdkafka has.
    public static var knownProperties: [String] {
        guard let configuration = unsafe rd_kafka_conf_new() else { return [] }
        defer { unsafe rd_kafka_conf_destroy(configuration) }
        var count = 0
        guard let dump = unsafe rd_kafka_conf_dump(configuration, &count) else { return [] }
        defer { unsafe rd_kafka_conf_dump_free(dump, count) }
        return stride(from: 0, to: count, by: 2).compactMap { index in
            unsafe dump[index].map { unsafe String(cString: $0) }
        }
    }

    private static func problem(_ name: String, _ value: String) -> PropertyProblem? {
        guard let configuration = unsafe rd_kafka_conf_new() else { return nil }
        defer { unsafe rd_kafka_conf_destroy(configuration) }
        var text = [CChar](repeating: 0, count: 512)
        let result = unsafe rd_kafka_conf_set(configuration, name, value, &text, text.count)
        guard result != RD_KAFKA_CONF_OK else { return nil }
        return PropertyProblem(
            name: name,
            isUnknown: result == RD_KAFKA_CONF_UNKNOWN,
            message: isSecret(name) ? "the value is not valid" : String(nulTerminated: text)
        )
    }
}
