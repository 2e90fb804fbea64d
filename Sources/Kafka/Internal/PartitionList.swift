internal import CRdkafka
internal import Foundation

/// A C list of partitions, destroyed with its owner.
@safe
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ partitions: [PartitionOffset]) {
        unsafe pointer = rd_kafka_topic_partition_list_new(Int32(partitions.count))
        for place in partitions {
            guard
                let element = unsafe rd_kafka_topic_partition_list_add(
                    pointer,
                    place.partition.topic,
                    place.partition.partition
                )
            else { continue }
            unsafe element.pointee.offset = place.offset.raw
            guard !place.metadata.isEmpty else { continue }
            let bytes = Array(place.metadata.utf8)
            // librdkafka frees it with the list
            unsafe element.pointee.metadata = malloc(bytes.count)
            unsafe element.pointee.metadata?.copyMemory(from: bytes, byteCount: bytes.count)
            unsafe element.pointee.metadata_size = bytes.count
        }
    }

    init(_ partitions: [TopicPartition]) { self.init(partitions.map { PartitionOffset($0, .unknown) }) }

    /// Takes over a list that librdkafka has made.
    init(taking pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) { unsafe self.pointer = pointer }

    deinit { unsafe rd_kafka_topic_partition_list_destroy(pointer) }

    /// What the list says.
    func values(_ operation: String) -> [PartitionOffset] { unsafe Self.values(pointer, operation) }

    static func values(_ pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>, _ operation: String)
        -> [PartitionOffset]
    {
        let count = unsafe Int(pointer.pointee.cnt)
        return (0..<count).compactMap { index in
            guard let elements = unsafe pointer.pointee.elems else { return nil }
            let element = unsafe elements[index]
            let metadata =
                unsafe element.metadata.map {
                    unsafe String(
                        decoding: UnsafeRawBufferPointer(start: $0, count: element.metadata_size),
                        as: UTF8.self
                    )
                } ?? ""
            return PartitionOffset(
                TopicPartition(unsafe String(cString: element.topic), unsafe element.partition),
                Offset(raw: unsafe element.offset),
                metadata: metadata,
                error: unsafe element.err.rawValue == 0 ? nil : KafkaError(element.err, operation)
            )
        }
    }
}

extension Offset {
    var raw: Int64 {
        switch self {
        case .at(let offset): offset
        case .beginning: -2
        case .end: -1
        case .stored: -1000
        case .tail(let count): -2000 - count
        case .unknown: -1001
        }
    }

    init(raw: Int64) {
        switch raw {
        case 0...: self = .at(raw)
        case -2: self = .beginning
        case -1: self = .end
        case -1000: self = .stored
        case ...(-2000): self = .tail(-2000 - raw)
        default: self = .unknown
        }
    }
}
