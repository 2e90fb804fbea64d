/// Where a record was written.
public struct Delivery: Sendable, Hashable {
    /// The partition.
    public let partition: Int32
    /// Its offset there.
    public let offset: Int64
}

/// Waits with a record until its fate is known.
final class DeliveryReport: Sendable {
    let done: @Sendable (Result<Delivery, KafkaError>) -> Void

    init(_ done: @escaping @Sendable (Result<Delivery, KafkaError>) -> Void) { self.done = done }
}

/// A header of a record.
public struct RecordHeader: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its value; nil is not the same as none.
    public let value: [UInt8]?

    /// A header.
    public init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    /// A header of text.
    public init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }
}
