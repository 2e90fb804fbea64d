import Foundation

/// Leaves offsets of a group in a transaction that nobody ends, as a broker does that takes up a request too late.
///
/// The broker must have been started with `transaction.partition.verification.enable=false`: it would see that no such
/// transaction is open.
public struct HangingTransaction {
    private let connection: Int32
    private let transactionalID: String
    private var producer: Int64 = -1
    private var epoch: Int16 = -1

    /// Takes the transactional id.
    public init(_ brokers: String, transactionalID: String) throws {
        self.transactionalID = transactionalID
        connection = try Self.connect(to: brokers)
        let deadline = Date(timeIntervalSinceNow: 60)
        var error: Int16 = -1
        repeat {
            var request = Message()
            request.add(transactionalID)
            request.add(Int32(60_000))
            // time it was throttled for, error, producer id, epoch
            var answer = try Self.ask(connection, api: 22, request)
            answer.skip(4)
            error = answer.integer()
            producer = answer.integer()
            epoch = answer.integer()
            // its coordinator may not be there yet
            if error != 0 { Thread.sleep(forTimeInterval: 0.1) }
        } while error != 0 && Date() < deadline
        guard error == 0 else { throw RealKafka.Failure(description: "InitProducerId: error \(error)") }
    }

    /// Sends an offset.
    ///
    /// - Returns: the broker's error code; 0: it was taken.
    public func send(group: String, topic: String, partition: Int32, offset: Int64) throws -> Int16 {
        var request = Message()
        request.add(transactionalID)
        request.add(group)
        request.add(producer)
        request.add(epoch)
        request.add(Int32(1))
        request.add(topic)
        request.add(Int32(1))
        request.add(partition)
        request.add(offset)
        request.add("stale")
        // time it was throttled for, one topic, its name, one partition, its number, error
        var answer = try Self.ask(connection, api: 28, request)
        answer.skip(4 + 4 + 2 + topic.utf8.count + 4 + 4)
        return answer.integer()
    }

    /// Closes the connection.
    public func close() { _ = Foundation.close(connection) }

    private static func connect(to brokers: String) throws -> Int32 {
        guard let port = brokers.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw RealKafka.Failure(description: "no port in \(brokers)")
        }
        #if os(Linux)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let connection = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
        let status = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Foundation.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw RealKafka.Failure(description: "no connection to \(brokers)") }
        return connection
    }

    /// One request of version 0, and the body of its answer.
    private static func ask(_ connection: Int32, api: Int16, _ body: Message) throws -> Message {
        var request = Message()
        request.add(api)
        request.add(Int16(0))
        request.add(Int32(1))
        request.add("test")
        request.bytes += body.bytes
        var framed = Message()
        framed.add(Int32(request.bytes.count))
        framed.bytes += request.bytes
        guard unsafe write(connection, framed.bytes, framed.bytes.count) == framed.bytes.count else {
            throw RealKafka.Failure(description: "the broker takes no request")
        }
        var size = Message(bytes: try read(connection, 4))
        let count: Int32 = size.integer()
        var answer = Message(bytes: try read(connection, Int(count)))
        answer.skip(4)
        return answer
    }

    private static func read(_ connection: Int32, _ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var chunk = [UInt8](repeating: 0, count: count - bytes.count)
            let got = unsafe Foundation.read(connection, &chunk, chunk.count)
            guard got > 0 else { throw RealKafka.Failure(description: "the broker has closed the connection") }
            bytes += chunk.prefix(got)
        }
        return bytes
    }
}

/// Kafka's form of integers and strings.
private struct Message {
    var bytes: [UInt8] = []
    private var next = 0

    init(bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func add(_ value: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes += $0 }
    }

    mutating func add(_ text: String) {
        add(Int16(text.utf8.count))
        bytes += Array(text.utf8)
    }

    mutating func integer<T: FixedWidthInteger>() -> T {
        defer { next += T.bitWidth / 8 }
        return bytes.dropFirst(next).prefix(T.bitWidth / 8).reduce(0) { $0 << 8 | T($1) }
    }

    mutating func skip(_ count: Int) { next += count }
}
