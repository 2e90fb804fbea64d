/// CRC-32 (ISO 3309) of bytes: what checkpoints are summed by, and what librdkafka's default partitioner takes of a key.
public func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = crcTable
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes { crc = crc >> 8 ^ table[Int(truncatingIfNeeded: (crc ^ UInt32(byte)) & 0xFF)] }
    return ~crc
}

private let crcTable: [UInt32] = (0..<256).map { value in
    (0..<8).reduce(UInt32(value)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
}
