internal import CRdkafka
internal import Foundation

/// Records of one poll, owned until the next one.
@safe
public struct RecordBatch: ~Copyable {
    private var storage: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>>
    /// How many records there is room for; one poll brings no more.
    public private(set) var capacity: Int
    /// How many are there.
    public private(set) var count = 0
    /// Partitions that were read to their end, and the offset behind it.
    public internal(set) var ends: [PartitionOffset] = []

    /// Room for `capacity` records.
    public init(capacity: Int = 1000) {
        self.capacity = max(1, capacity)
        unsafe storage = .allocate(capacity: self.capacity)
    }

    deinit {
        for index in 0..<count { unsafe rd_kafka_message_destroy(storage[index]) }
        unsafe storage.deallocate()
    }

    /// Gives the records back to librdkafka.
    public mutating func removeAll() {
        for index in 0..<count { unsafe rd_kafka_message_destroy(storage[index]) }
        count = 0
        ends.removeAll(keepingCapacity: true)
    }

    mutating func append(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        if count == capacity { grow() }
        unsafe storage[count] = unsafe message
        count += 1
    }

    /// Records that were left over need room beside those that come.
    private mutating func grow() {
        let more: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>> = .allocate(
            capacity: 2 * capacity
        )
        unsafe more.moveInitialize(from: storage, count: count)
        unsafe storage.deallocate()
        unsafe storage = unsafe more
        capacity *= 2
    }

    /// Gives the records back that `isKept` denies, asked once for each, in order; the others stay in theirs.
    mutating func removeAll(unless isKept: (UnsafeMutablePointer<rd_kafka_message_t>) -> Bool) {
        var kept = 0
        for index in 0..<count {
            let message = unsafe storage[index]
            if unsafe isKept(message) {
                unsafe storage[kept] = unsafe message
                kept += 1
            } else {
                unsafe rd_kafka_message_destroy(message)
            }
        }
        count = kept
    }

    /// Where the next records go.
    var free: UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>> { unsafe storage + count }

    /// Takes over what was put there.
    mutating func add(_ more: Int) { count += more }

    subscript(message index: Int) -> UnsafeMutablePointer<rd_kafka_message_t> { unsafe storage[index] }

    /// Calls `body` with every record, in the order they came.
    public func forEach<E: Error>(_ body: (borrowing Record) throws(E) -> Void) throws(E) {
        for index in 0..<count {
            try body(unsafe Record(storage[index]))
        }
    }
}

/// One record, borrowed from its batch: nothing is copied.
@safe
public struct Record: ~Escapable {
    private let message: UnsafeMutablePointer<rd_kafka_message_t>

    @_lifetime(immortal)
    init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) { unsafe self.message = message }

    /// The topic's name.
    public var topic: String {
        guard let topic = unsafe message.pointee.rkt else { return "" }
        return unsafe String(cString: rd_kafka_topic_name(topic))
    }
    /// The partition.
    public var partition: Int32 { unsafe message.pointee.partition }
    /// The offset.
    public var offset: Int64 { unsafe message.pointee.offset }
    /// Milliseconds since 1970; −1: none.
    public var timestamp: Int64 { unsafe rd_kafka_message_timestamp(message, nil) }
    /// The key; nil: none.
    public var key: RawSpan? {
        @_lifetime(copy self)
        get { unsafe span(message.pointee.key, message.pointee.key_len) }
    }
    /// The value; nil: a tombstone.
    public var value: RawSpan? {
        @_lifetime(copy self)
        get { unsafe span(message.pointee.payload, message.pointee.len) }
    }

    @_lifetime(copy self)
    private func span(_ start: UnsafeMutableRawPointer?, _ count: Int) -> RawSpan? {
        guard let start = unsafe start else { return nil }
        let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count)
        return unsafe _overrideLifetime(span, copying: self)
    }

    /// The value of the last header of that name; nil where there is none or its value is null.
    @_lifetime(copy self)
    public func header(_ name: String) -> RawSpan? {
        var headers: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &headers).rawValue == 0 else { return nil }
        var value: UnsafeRawPointer?
        var count = 0
        guard unsafe rd_kafka_header_get_last(headers, name, &value, &count).rawValue == 0 else { return nil }
        return unsafe span(UnsafeMutableRawPointer(mutating: value), count)
    }

    /// Every header, in order.
    public var headers: [RecordHeader] {
        var list: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &list).rawValue == 0 else { return [] }
        var found: [RecordHeader] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        while unsafe rd_kafka_header_get_all(list, found.count, &name, &value, &count).rawValue == 0 {
            let bytes = unsafe value.map { unsafe Array(UnsafeRawBufferPointer(start: $0, count: count)) }
            found.append(RecordHeader(unsafe name.map { unsafe String(cString: $0) } ?? "", bytes))
        }
        return found
    }

    /// Its headers, to be looked up within the same visit: what a closure can capture.
    package var unsafeHeaders: UnsafeRecordHeaders { unsafe UnsafeRecordHeaders(message: message) }

    /// How many headers it has.
    public var headerCount: Int {
        var list: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &list).rawValue == 0 else { return 0 }
        return unsafe rd_kafka_header_cnt(list)
    }

    /// Calls `body` with every header, in order: its name, and its value (nil is not the same as none). Nothing is copied.
    public func forEachHeader(_ body: (_ name: RawSpan, _ value: RawSpan?) -> Void) {
        var list: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &list).rawValue == 0 else { return }
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        var index = 0
        while unsafe rd_kafka_header_get_all(list, index, &name, &value, &count).rawValue == 0 {
            let length = unsafe name.map { unsafe strlen($0) } ?? 0
            let start = unsafe UnsafeMutableRawPointer(mutating: name)
            if let text = unsafe span(start, length) {
                body(text, unsafe span(UnsafeMutableRawPointer(mutating: value), count))
            }
            index += 1
        }
    }
}

/// A record's headers, unchecked: of use only as long as its batch holds the record.
@unsafe
package struct UnsafeRecordHeaders {
    fileprivate let message: UnsafeMutablePointer<rd_kafka_message_t>

    /// A copy of the value of the last header of that name; nil where there is none or its value is null.
    package func value(_ name: String) -> [UInt8]? {
        let record = unsafe Record(message)
        guard let value = record.header(name) else { return nil }
        return unsafe value.withUnsafeBytes { unsafe Array($0) }
    }
}
