/// A librdkafka property with the type of its value.
public struct ConfigurationKey<Value>: Sendable {
    /// The property's name.
    public let name: String
    let text: @Sendable (Value) -> String
    let value: @Sendable (String) -> Value?

    init(_ name: String, text: @escaping @Sendable (Value) -> String, value: @escaping @Sendable (String) -> Value?) {
        self.name = name
        self.text = text
        self.value = value
    }
}

extension ConfigurationKey where Value == String {
    /// A key for a property of this type.
    public init(_ name: String) { self.init(name, text: { $0 }, value: { $0 }) }

    /// `bootstrap.servers`
    public static var brokers: Self { Self("bootstrap.servers") }
    /// `client.id`
    public static var clientID: Self { Self("client.id") }
    /// `group.id`
    public static var groupID: Self { Self("group.id") }
    /// `group.instance.id`
    public static var groupInstanceID: Self { Self("group.instance.id") }
    /// `auto.offset.reset`
    public static var offsetReset: Self { Self("auto.offset.reset") }
    /// `isolation.level`
    public static var isolationLevel: Self { Self("isolation.level") }
    /// `partition.assignment.strategy`
    public static var assignmentStrategy: Self { Self("partition.assignment.strategy") }
    /// `transactional.id`
    public static var transactionalID: Self { Self("transactional.id") }
    /// `compression.type`
    public static var compression: Self { Self("compression.type") }
}

extension ConfigurationKey where Value == Bool {
    /// A key for a property of this type.
    public init(_ name: String) { self.init(name, text: { $0 ? "true" : "false" }, value: { $0 == "true" }) }

    /// `enable.auto.commit`
    public static var autoCommit: Self { Self("enable.auto.commit") }
    /// `enable.auto.offset.store`
    public static var autoOffsetStore: Self { Self("enable.auto.offset.store") }
    /// `enable.partition.eof`
    public static var partitionEnd: Self { Self("enable.partition.eof") }
    /// `enable.idempotence`
    public static var idempotence: Self { Self("enable.idempotence") }
    /// `check.crcs`
    public static var checksums: Self { Self("check.crcs") }
}

extension ConfigurationKey where Value == Int {
    /// A key for a property of this type.
    public init(_ name: String) { self.init(name, text: { String($0) }, value: { Int($0) }) }

    /// `session.timeout.ms`
    public static var sessionTimeout: Self { Self("session.timeout.ms") }
    /// `max.poll.interval.ms`
    public static var maxPollInterval: Self { Self("max.poll.interval.ms") }
    /// `linger.ms`
    public static var linger: Self { Self("linger.ms") }
    /// `queue.buffering.max.messages`
    public static var queuedMessages: Self { Self("queue.buffering.max.messages") }
    /// `queued.max.messages.kbytes`
    public static var prefetchKilobytes: Self { Self("queued.max.messages.kbytes") }
    /// `message.timeout.ms`
    public static var messageTimeout: Self { Self("message.timeout.ms") }
    /// `transaction.timeout.ms`
    public static var transactionTimeout: Self { Self("transaction.timeout.ms") }
    /// `message.max.bytes`
    public static var messageMaxBytes: Self { Self("message.max.bytes") }
}

/// Properties of a client, by typed keys or by librdkafka's own names.
public struct ClientConfiguration: Sendable, Hashable {
    private var properties: [String: String] = [:]

    /// No properties: librdkafka's defaults.
    public init() {}

    /// Properties for some brokers.
    public init(brokers: String) { self[.brokers] = brokers }

    /// A property by its key; nil: the default.
    public subscript<Value>(key: ConfigurationKey<Value>) -> Value? {
        get { properties[key.name].flatMap(key.value) }
        set { properties[key.name] = newValue.map(key.text) }
    }

    /// A property by its name in librdkafka; nil: the default.
    public subscript(property name: String) -> String? {
        get { properties[name] }
        set { properties[name] = newValue }
    }

    /// Every property that was set, by name.
    public var sorted: [(name: String, value: String)] {
        properties.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    /// A line for the log: secrets are hidden.
    public var redactedDescription: String {
        sorted.map { "\($0.name)=\(Self.isSecret($0.name) ? "***" : $0.value)" }.joined(separator: " ")
    }

    /// Whether a property's value must never be shown.
    public static func isSecret(_ name: String) -> Bool {
        name.hasSuffix("password") || name.hasSuffix("secret") || name.hasSuffix(".pem")
            || name == "sasl.oauthbearer.config" || name == "sasl.username"
    }
}
