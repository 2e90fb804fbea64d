import DashStream
import Files

/// Collects what an index holds while the records go by, block by block.
struct RecordingIndexBuilder: ~Copyable {
    private(set) var blocks: [RecordingIndex.Block] = []
    private var pairs: [(hash: UInt64, block: UInt32)] = []
    private var current: RecordingIndex.Block
    private var seen: Set<UInt64> = []
    private var lastHash: UInt64 = 0
    private var decoder = FrameDecoder()
    private var hashes: [UInt64] = []
    private let hasTopics: Bool

    /// - Parameters:
    ///   - hasTopics: version 2.
    ///   - place: where the first record begins.
    init(hasTopics: Bool, at place: RecordingIndex.Place) {
        self.hasTopics = hasTopics
        current = RecordingIndex.Block(place: place, firstIndex: 0)
    }

    /// Takes a record: its length and all behind it. False where its lengths contradict each other.
    mutating func add(_ whole: RawSpan) -> Bool {
        var reader = LittleEndianReader(whole)
        guard reader.integer(4) != nil, let topic = hasTopics ? reader.integer(2) : 0, let partition = reader.integer(2)
        else { return false }
        let body = whole.extracting(reader.offset..<whole.byteCount)
        guard let view = RecordView(body, partition: Int32(partition)) else { return false }
        current.add(view.position, topic: UInt16(topic), bytes: whole.byteCount)
        if view.key.byteCount > 0 { note(view.key.stableHash) }
        Self.hash(view.value, &decoder, &hashes)
        for hash in hashes { note(hash) }
        return true
    }

    /// The threads that a record's messages belong to. Static: the message borrows the decoder.
    private static func hash(_ value: RawSpan?, _ decoder: inout FrameDecoder, _ hashes: inout [UInt64]) {
        hashes.removeAll(keepingCapacity: true)
        guard let message = try? decoder.decode(value) else { return }
        var units = message.units()
        while let unit = units.next() { hashes.append(unit.header.threadID.stableHash) }
    }

    private mutating func note(_ hash: UInt64) {
        guard hash != lastHash else { return }
        lastHash = hash
        if seen.insert(hash).inserted { pairs.append((hash, UInt32(truncatingIfNeeded: blocks.count))) }
    }

    /// Records so far.
    var count: Int { current.firstIndex + current.count }
    /// Bytes of the block that is being filled.
    var bytes: Int { current.bytes }

    /// Ends the block; the next one begins at `place`.
    mutating func cut(next place: RecordingIndex.Place) {
        if current.count > 0 { blocks.append(current) }
        current = RecordingIndex.Block(place: place, firstIndex: current.firstIndex + current.count)
        seen.removeAll(keepingCapacity: true)
        lastHash = 0
    }

    /// The blocks, and the threads' blocks sorted by the threads' hashes.
    consuming func finish() -> (blocks: [RecordingIndex.Block], threads: RecordingIndex.Threads) {
        if current.count > 0 { blocks.append(current) }
        pairs.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.block < $1.block }
        return (blocks, RecordingIndex.Threads(hashes: pairs.map(\.hash), blocks: pairs.map(\.block)))
    }
}

extension RawSpan {
    /// A hash that is the same in every process (FNV-1a, 64 bits): it stands in files.
    var stableHash: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<byteCount {
            unsafe hash ^= UInt64(unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self))
            hash &*= 0x100_0000_01B3
        }
        return hash
    }
}
