import DashStream
package import Files
import Reinforce

/// Reads a recording of either version, plain or zstd, in chunks of whole records.
package final class RecordingReader {
    private let path: String
    private var source: any ByteSource
    private var file: FileBytes
    private var zstd: ZstdBytes?
    private var filter: RecordingFilter?
    /// Every partition of the recording, where its index tells.
    private var known: Set<Int64>?
    private let chunkBytes: Int
    private var buffer: [UInt8] = []
    /// The last chunks' bytes: where nobody else holds them any more, their memory is used again.
    private var spares: [[UInt8]] = []
    /// Chunks that whoever reads may hold when the next one is cut off, that one included.
    package var chunksInUse = 1
    /// Bytes of the recording before `buffer`.
    private var consumed: Int64 = 0
    private var index = 0
    private var ended = false
    /// Version 2 names the topic of each record.
    package private(set) var topics: [String] = []
    private var version: UInt8 = 1
    /// What ended the reading early; what came before it is whole.
    package private(set) var problem: InputError?
    private var pending: InputError?

    private let range: RecordingRange?
    /// What can be read once only is kept, so that the reading can begin again.
    private let spooled: SpooledBytes?

    /// - Parameter range: the part that is read; nil: all of it.
    /// - Throws: when the file cannot be read or is no recording.
    package convenience init(_ path: String, chunkBytes: Int = 1 << 20, range: RecordingRange? = nil) throws(InputError)
    {
        let file = try FileBytes(path)
        let spooled = file.size == nil ? SpooledBytes(file) : nil
        try self.init(path, file, spooled, chunkBytes, range)
    }

    /// The same recording from its beginning.
    package func again() throws -> RecordingReader {
        try spooled?.rewind()
        return try RecordingReader(path, try spooled?.file ?? FileBytes(path), spooled, chunkBytes, range)
    }

    private init(
        _ path: String,
        _ file: FileBytes,
        _ spooled: SpooledBytes?,
        _ chunkBytes: Int,
        _ range: RecordingRange?
    ) throws(InputError) {
        self.path = path
        self.chunkBytes = chunkBytes
        self.file = file
        self.spooled = spooled
        self.range = range
        let origin: any ByteSource = spooled ?? file
        var head: [UInt8] = []
        while head.count < 8, try origin.read(into: &head, atMost: 8 - head.count) > 0 {}
        let plain = PrefixedBytes(head, origin)
        let packing = Packing(head)
        guard packing != .gzip else {
            let advice = "decompress it first (gunzip -c \(path) | … --input -), or compress it with zstd"
            throw InputError(.notARecording, path, "\(path) is not a recording as it is, but gzip: \(advice)")
        }
        zstd = packing == .zstd ? ZstdBytes(plain, path: path) : nil
        source = zstd ?? plain
        try readHeader()
        if let range { try skip(to: RecordingFilter(range, topics: topics)) }
    }

    /// Begins with the first block that may hold something of the range, where the recording has its index beside it.
    private func skip(to filter: RecordingFilter) throws(InputError) {
        self.filter = filter
        guard spooled == nil, let index = RecordingIndex.load(path, try RecordingIndex.Stamp(of: path)) else { return }
        known = Set(index.blocks.flatMap { $0.parts.map(\.key) })
        guard let first = index.blocks.firstIndex(where: { !filter.comesAfter($0) }), first > 0 else { return }
        let block = index.blocks[first]
        file = try FileBytes(path, at: block.place.byte)
        zstd = isCompressed ? ZstdBytes(file, path: path) : nil
        source = zstd ?? file
        buffer = []
        ended = false
        var left = Int(block.place.skip)
        while left > 0 {
            var piece: [UInt8] = []
            let count = try source.read(into: &piece, atMost: min(left, 1 << 20))
            guard count > 0 else { break }
            left -= count
        }
        self.index = block.firstIndex
        consumed = index.blocks[..<first].reduce(consumed) { $0.saturatingPlus(Int64($1.bytes)) }
    }

    /// Records name their topic.
    package var hasTopics: Bool { version == 2 }
    /// The file is compressed.
    package var isCompressed: Bool { zstd != nil }
    /// Decompressed bytes before the next record.
    package var position: Int64 { consumed }
    /// Bytes of the file as it lies on disk, where that is known.
    package var fileSize: Int64? { file.size }
    /// The share of the file that was read; nil of what has no size.
    package var share: Double? { file.size.map { $0 > 0 ? Double(file.consumed) / Double($0) : 1 } }

    /// Where in the file the decompressed byte at `position` is found again.
    package func place(at position: Int64) -> RecordingIndex.Place {
        guard let zstd else { return RecordingIndex.Place(byte: position) }
        let frame = zstd.frame(before: position)
        return RecordingIndex.Place(byte: frame.compressed, skip: position - frame.decompressed)
    }

    private func readHeader() throws(InputError) {
        try fill(8)
        guard buffer.count >= 8, buffer[0..<7].elementsEqual([0x44, 0x53, 0x52, 0x55, 0x4E, 0, 0]),
            buffer[7] == 1 || buffer[7] == 2
        else {
            let hint = buffer.isEmpty ? "it is empty" : "it does not begin with DSRUN and a version this program knows"
            throw InputError(.notARecording, path, "\(path) is not a recording: \(hint)")
        }
        version = buffer[7]
        drop(8)
        guard version == 2 else { return }
        try fill(10)
        var reader = unsafe LittleEndianReader(buffer.span.bytes)
        guard reader.integer(8) != nil, let count = reader.integer(2) else { throw cutHeader }
        drop(10)
        for _ in 0..<count {
            try fill(2)
            guard buffer.count >= 2 else { throw cutHeader }
            let length = Int(buffer[0]) | Int(buffer[1]) << 8
            try fill(2 + length)
            guard buffer.count >= 2 + length else { throw cutHeader }
            topics.append(String(decoding: buffer[2..<2 + length], as: UTF8.self))
            drop(2 + length)
        }
    }

    private var cutHeader: InputError {
        InputError(.cut, path, byte: consumed, "\(path) ends within its header at byte \(consumed)")
    }

    private func fill(_ count: Int) throws(InputError) {
        while buffer.count < count, !ended {
            ended = try source.read(into: &buffer, atMost: max(count, chunkBytes)) == 0
        }
    }

    private func drop(_ count: Int) {
        buffer.removeFirst(min(count, buffer.count))
        consumed += Int64(count)
    }

    /// The next records; nil at the end, or where the recording is not whole: then `problem` says why.
    package func next() -> RecordChunk? {
        guard problem == nil else { return nil }
        if let known, filter?.isPast(known) == true { return nil }
        do {
            try fill(chunkBytes)
        } catch {
            note(error)
        }
        while true {
            let chunk = split()
            if chunk.count > 0 { return chunk }
            if let known, filter?.isPast(known) == true { return nil }
            guard problem == nil, !ended else { break }
            // one record larger than a chunk
            do { try fill(buffer.count + chunkBytes) } catch { note(error) }
        }
        if problem == nil, let pending {
            let story = "\(pending.description); the \(index) records before that were processed"
            problem = InputError(pending.kind, path, byte: consumed, story)
        }
        if problem == nil, !buffer.isEmpty {
            problem = InputError(
                .cut,
                path,
                byte: consumed,
                "\(path) is cut: the record that begins at byte \(consumed) is not whole; "
                    + "the \(index) records before it were processed"
            )
        }
        return nil
    }

    /// What ends the reading of a compressed file is told once what came before it was handed out.
    private func note(_ error: InputError) {
        ended = true
        pending = error
    }

    /// Cuts the buffer at the last whole record.
    private func split() -> RecordChunk {
        var parts = PartitionSplit()
        let first = index
        var at = 0
        let prefix = version == 2 ? 4 : 2
        // taken out: a class's property cannot be borrowed while others of it change
        var bytes: [UInt8] = []
        swap(&bytes, &buffer)
        while true {
            let span = unsafe bytes.span.bytes
            var reader = LittleEndianReader(span.extracting(at..<span.byteCount))
            guard let length = reader.integer(4), span.byteCount - at - 4 >= Int(length) else { break }
            let topic = version == 2 ? reader.integer(2) : 0
            guard let topic, let partition = reader.integer(2), Int(length) >= prefix,
                version == 1 || topic < UInt64(topics.count)
            else {
                damaged(at)
                break
            }
            let location = RecordLocation(index: index, start: at + 4 + prefix, end: at + 4 + Int(length))
            let key = Int64(topic) << 32 | Int64(partition)
            if filter != nil {
                let offset = reader.integer(8)
                let timestamp = reader.integer(8)
                if let offset, let timestamp, admits(key, offset, timestamp) { parts.append(location, of: key) }
            } else {
                parts.append(location, of: key)
            }
            index += 1
            at += 4 + Int(length)
        }
        let partitions = parts.all.sorted { $0.key < $1.key }.map {
            (partition: Int32(truncatingIfNeeded: $0.key & 0xFFFF), topic: Int($0.key >> 32), records: $0.records)
        }
        if spares.count >= chunksInUse { buffer = spares.removeFirst() }
        buffer.removeAll(keepingCapacity: true)
        buffer.append(contentsOf: bytes[at...])
        bytes.removeLast(bytes.count - at)
        spares.append(bytes)
        let chunk = RecordChunk(
            bytes: bytes,
            position: consumed,
            firstIndex: first,
            partitions: partitions,
            count: index - first
        )
        consumed += Int64(at)
        return chunk
    }

    private func admits(_ key: Int64, _ offset: UInt64, _ timestamp: UInt64) -> Bool {
        let (offset, timestamp) = (Int64(bitPattern: offset), Int64(bitPattern: timestamp))
        return filter?.admits(key, offset: offset, timestamp: timestamp) ?? true
    }

    private func damaged(_ at: Int) {
        let byte = consumed + Int64(at)
        problem = InputError(.damaged, path, byte: byte, "\(path) is damaged: no record begins at byte \(byte)")
    }

    /// Notes that the inner lengths of a record of the last chunk contradict each other.
    package func noteDamaged(index: Int) {
        problem =
            problem ?? InputError(.damaged, path, "\(path) is damaged: record \(index) contradicts its own length")
    }
}
