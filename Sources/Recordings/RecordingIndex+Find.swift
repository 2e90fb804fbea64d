import DashStream
public import Files
import Reinforce

extension RecordingIndex {
    /// The records whose key is a thread's id, or that hold a message of it, in the order of the recording. Only the
    /// blocks that hold any are read.
    ///
    /// - Parameter thread: the thread's id; threads of several tenants may share it.
    /// - Throws: where the recording cannot be read, or is not what the index was made of.
    public func records(ofThread thread: String) throws(InputError) -> [RecordedRecord] {
        let id = Array(thread.utf8)
        var decoder = FrameDecoder()
        return try records(in: threads.blocks(of: unsafe id.span.bytes.stableHash)) { view in
            if view.key.holds(id) { return true }
            guard let message = try? decoder.decode(view.value) else { return false }
            var units = message.units()
            while let unit = units.next() { if unit.header.threadID.holds(id) { return true } }
            return false
        }
    }

    /// The records of one partition within a range of offsets, in the order of the recording.
    ///
    /// - Parameter topic: nil: of any topic (version 1 names none).
    public func records(topic: String? = nil, partition: Int32, offsets: Range<Int64>) throws(InputError)
        -> [RecordedRecord]
    {
        let number = topic.flatMap { topics.firstIndex(of: $0) }
        if topic != nil, hasTopics, number == nil { return [] }
        let candidates = blocks.indices.filter { index in
            blocks[index].parts.contains { part in
                Int32(part.partition) == partition && (number == nil || Int(part.topic) == number)
                    && part.first < offsets.upperBound && part.last >= offsets.lowerBound
            }
        }
        return try records(in: candidates, topic: number) { view in
            view.position.partition == partition && offsets.contains(view.position.offset)
        }
    }

    /// The record at a position of the recording; nil behind its end.
    public func record(at index: Int) throws(InputError) -> RecordedRecord? {
        guard let block = blocks.lastIndex(where: { $0.firstIndex <= index }), index < count else { return nil }
        var at = blocks[block].firstIndex - 1
        return try records(in: [block]) { _ in
            at += 1
            return at == index
        }.first
    }

    private func records(
        in candidates: [Int],
        topic only: Int? = nil,
        where isWanted: (borrowing RecordView) -> Bool
    ) throws(InputError) -> [RecordedRecord] {
        var found: [RecordedRecord] = []
        for block in candidates where block < blocks.count {
            let bytes = try read(blocks[block])
            let all = unsafe bytes.span.bytes
            var at = 0
            var index = blocks[block].firstIndex
            while at < all.byteCount {
                var reader = LittleEndianReader(all.extracting(at..<all.byteCount))
                guard let length = reader.integer(4), all.byteCount - at - 4 >= Int(length),
                    let topic = hasTopics ? reader.integer(2) : 0, let partition = reader.integer(2),
                    reader.offset <= 4 + Int(length)
                else { throw changed(at: index) }
                let body = all.extracting(at + reader.offset..<at + 4 + Int(length))
                guard let view = RecordView(body, partition: Int32(partition)) else { throw changed(at: index) }
                if only == nil || only == Int(topic), isWanted(view) {
                    let name = topics.indices.contains(Int(topic)) ? topics[Int(topic)] : nil
                    guard
                        let record = RecordedRecord(body, index: index, topic: name, partition: Int32(partition))
                    else { throw changed(at: index) }
                    found.append(record)
                }
                at += 4 + Int(length)
                index += 1
            }
        }
        return found
    }

    /// The decompressed bytes of a block.
    package func read(_ block: Block) throws(InputError) -> [UInt8] {
        let file = try FileBytes(path, at: block.place.byte)
        let source: any ByteSource = isCompressed ? ZstdBytes(file, path: path) : file
        var bytes: [UInt8] = []
        var skip = block.place.skip
        while bytes.count < block.bytes {
            let before = bytes.count
            // by pieces: room is made for what is asked for, whatever a damaged index says
            let wanted = min(skip > 0 ? Int(min(skip, 1 << 20)) : block.bytes - before, 4 << 20)
            guard try source.read(into: &bytes, atMost: wanted) > 0 else { throw changed(at: block.firstIndex) }
            guard skip > 0 else { continue }
            skip -= Int64(bytes.count - before)
            bytes.removeAll(keepingCapacity: true)
        }
        return bytes
    }

    private func changed(at index: Int) -> InputError {
        InputError(
            .damaged,
            path,
            "\(path) is not what its index was made of, near record \(index); remove \(RecordingIndex.file(of: path))"
        )
    }
}

extension RawSpan {
    /// Whether the bytes are these.
    @inline(__always)
    package func holds(_ bytes: [UInt8]) -> Bool {
        guard byteCount == bytes.count else { return false }
        for index in 0..<byteCount {
            if unsafe unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) != bytes[index] { return false }
        }
        return true
    }
}
