import DashStream
public import Files
import Foundation

extension RecordingIndex {
    /// The index file of a recording.
    public static func file(of path: String) -> String { path + ".idx" }

    /// Opens a recording's index, or makes it by reading the recording once, and keeps it where the folder allows that.
    ///
    /// - Throws: where the recording cannot be read or is none.
    public init(of path: String) throws(InputError) {
        try self.init(of: path, blockBytes: RecordingFormat.blockBytes)
    }

    package init(of path: String, blockBytes: Int) throws(InputError) {
        guard path != "-" else {
            throw InputError(.unreadable, path, "standard input has no index; write it to a file first")
        }
        let stamp = try Stamp(of: path)
        if let cached = RecordingIndex.load(path, stamp) {
            self = cached
            return
        }
        self = try RecordingIndex(scanning: path, blockBytes: blockBytes)
        if problem == nil, try Stamp(of: path) == stamp { save(stamp) }
    }

    /// What tells that the recording is still the one the index was made of.
    package struct Stamp: Equatable {
        package let size: Int64
        let modified: Int64

        package init(of path: String) throws(InputError) {
            var status = stat()
            guard unsafe stat(path, &status) == 0 else {
                let why = unsafe String(cString: strerror(errno))
                throw InputError(.unreadable, path, "cannot read \(path): \(why)")
            }
            size = Int64(status.st_size)
            #if canImport(Darwin)
                let time = status.st_mtimespec
            #else
                let time = status.st_mtim
            #endif
            modified = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        }
    }

    private static let magic = Array("DSIDX\0\0\u{1}".utf8)

    /// Writes the index beside its recording; where that cannot be done it is made again next time.
    func save(_ stamp: Stamp) {
        var bytes = RecordingIndex.magic
        bytes.append(little: UInt64(bitPattern: stamp.size), 8)
        bytes.append(little: UInt64(bitPattern: stamp.modified), 8)
        bytes.append(little: (hasTopics ? 1 : 0) | (isCompressed ? 2 : 0), 1)
        bytes.append(little: UInt64(topics.count), 2)
        for topic in topics {
            bytes.append(little: UInt64(topic.utf8.count), 2)
            bytes.append(contentsOf: topic.utf8)
        }
        bytes.append(little: UInt64(blocks.count), 4)
        for block in blocks { block.append(to: &bytes) }
        bytes.append(little: UInt64(threads.hashes.count), 8)
        unsafe threads.hashes.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        unsafe threads.blocks.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        bytes.append(little: unsafe bytes.span.bytes.checksum, 8)
        guard let file = try? OutputFile(RecordingIndex.file(of: path)) else { return }
        do {
            try file.write(bytes)
            try file.finish()
        } catch {
            file.abandon()
        }
    }

    /// Reads the index file; nil where there is none, it is another recording's, or it is damaged.
    package static func load(_ path: String, _ stamp: Stamp) -> RecordingIndex? {
        guard let file = try? FileBytes(RecordingIndex.file(of: path)), let size = file.size, size > 16 else {
            return nil
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size) + 1)
        do {
            while try file.read(into: &bytes, atMost: max(1, Int(size) - bytes.count)) > 0 {}
        } catch { return nil }
        guard bytes.count > 16 else { return nil }
        let all = unsafe bytes.span.bytes
        var tail = LittleEndianReader(all.extracting(all.byteCount - 8..<all.byteCount))
        let content = all.extracting(0..<all.byteCount - 8)
        guard tail.integer(8) == content.checksum else { return nil }
        return RecordingIndex(parsing: content, path, stamp)
    }

    private init?(parsing content: RawSpan, _ path: String, _ stamp: Stamp) {
        var reader = LittleEndianReader(content)
        guard let magic = reader.bytes(8), [UInt8](magic) == RecordingIndex.magic,
            reader.integer(8) == UInt64(bitPattern: stamp.size),
            reader.integer(8) == UInt64(bitPattern: stamp.modified), let flags = reader.integer(1),
            let topicCount = reader.integer(2)
        else { return nil }
        var topics: [String] = []
        for _ in 0..<topicCount {
            guard let count = reader.integer(2), let name = reader.bytes(Int(count)) else { return nil }
            topics.append(String(decoding: [UInt8](name), as: UTF8.self))
        }
        guard let blockCount = reader.integer(4) else { return nil }
        var blocks: [Block] = []
        for _ in 0..<blockCount {
            guard let block = Block(&reader), block.follows(blocks.last, within: stamp.size) else { return nil }
            blocks.append(block)
        }
        guard let count = reader.integer(8), count <= UInt64(content.byteCount / 12),
            let hashes = reader.bytes(Int(count) * 8), let places = reader.bytes(Int(count) * 4), reader.isAtEnd
        else { return nil }
        self.path = path
        self.topics = topics
        problem = nil
        hasTopics = flags & 1 != 0
        isCompressed = flags & 2 != 0
        self.blocks = blocks
        threads = Threads(hashes: hashes.numbers(of: UInt64.self), blocks: places.numbers(of: UInt32.self))
    }
}

extension RecordingIndex.Block {
    /// Its numbers may be true: a damaged index may hold any.
    fileprivate func follows(_ last: Self?, within size: Int64) -> Bool {
        let index = last.map { $0.firstIndex.saturatingPlus($0.count) } ?? 0
        return place.byte >= (last?.place.byte ?? 0) && place.byte <= size && place.skip >= 0 && count > 0 && bytes > 0
            && firstIndex == index && firstIndex < Int.max - count && bytes < Int.max >> 16
            && place.skip < Int.max >> 16
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        for number in [place.byte, place.skip, Int64(firstIndex), Int64(count), Int64(self.bytes), firstTime, lastTime]
        {
            bytes.append(little: UInt64(bitPattern: number), 8)
        }
        bytes.append(little: UInt64(parts.count), 4)
        for part in parts {
            bytes.append(little: UInt64(part.topic), 2)
            bytes.append(little: UInt64(part.partition), 2)
            bytes.append(little: UInt64(bitPattern: part.first), 8)
            bytes.append(little: UInt64(bitPattern: part.last), 8)
        }
    }

    fileprivate init?(_ reader: inout LittleEndianReader) {
        var numbers: [Int64] = []
        for _ in 0..<7 {
            guard let number = reader.integer(8) else { return nil }
            numbers.append(Int64(bitPattern: number))
        }
        self.init(
            place: RecordingIndex.Place(byte: numbers[0], skip: numbers[1]),
            firstIndex: Int(numbers[2])
        )
        count = Int(numbers[3])
        bytes = Int(numbers[4])
        firstTime = numbers[5]
        lastTime = numbers[6]
        guard let partCount = reader.integer(4) else { return nil }
        for _ in 0..<partCount {
            guard let topic = reader.integer(2), let partition = reader.integer(2), let first = reader.integer(8),
                let last = reader.integer(8)
            else { return nil }
            parts.append(
                RecordingIndex.Part(
                    topic: UInt16(topic),
                    partition: UInt16(partition),
                    first: Int64(bitPattern: first),
                    last: Int64(bitPattern: last)
                )
            )
        }
    }
}

extension RawSpan {
    /// Tells damaged bytes from whole ones; the same in every process.
    fileprivate var checksum: UInt64 {
        var sum = UInt64(truncatingIfNeeded: byteCount) ^ 0x9E37_79B9_7F4A_7C15
        var at = 0
        while at &+ 8 <= byteCount {
            unsafe sum ^= UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self))
            sum = (sum &* 0xD6E8_FEB8_6659_FD93) ^ (sum &>> 29)
            at &+= 8
        }
        while at < byteCount {
            unsafe sum ^= UInt64(unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self))
            sum = (sum &* 0xD6E8_FEB8_6659_FD93) ^ (sum &>> 29)
            at &+= 1
        }
        return sum
    }

    /// The bytes as numbers.
    fileprivate func numbers<Number: FixedWidthInteger & BitwiseCopyable>(of type: Number.Type) -> [Number] {
        let width = MemoryLayout<Number>.size
        return unsafe [Number](unsafeUninitializedCapacity: byteCount / width) { buffer, filled in
            filled = byteCount / width
            for index in 0..<filled {
                let raw = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: index &* width, as: Number.self)
                unsafe buffer.initializeElement(at: index, to: Number(littleEndian: raw))
            }
        }
    }
}
