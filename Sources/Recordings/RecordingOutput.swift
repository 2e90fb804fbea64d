import Files
import Kafka

/// Writes a recording of version 2 in blocks of whole records, and its index beside it.
final class RecordingOutput {
    private let path: String
    private let file: OutputFile
    private let isCompressed: Bool
    private var buffer: [UInt8] = []
    private var builder: RecordingIndexBuilder?
    private let topics: [String]
    private let blockBytes: Int
    /// Bytes of records, before compression.
    private(set) var bytes: Int64 = 0

    /// Begins a recording.
    init(_ path: String, topics: [String], recordedAt: Int64, blockBytes: Int = RecordingFormat.blockBytes)
        throws(OutputError)
    {
        self.path = path
        self.topics = topics
        self.blockBytes = blockBytes
        isCompressed = path.hasSuffix(".zst")
        file = try OutputFile(path)
        // a frame of its own, so that every other one begins with a record
        try file.write(piece: RecordingFormat.header(topics: topics, recordedAt: recordedAt))
        builder = RecordingIndexBuilder(hasTopics: true, at: .init(byte: file.size))
    }

    /// Goes on behind the first `size` bytes of an interrupted recording.
    init(resuming path: String, topics: [String], size: Int64, blockBytes: Int = RecordingFormat.blockBytes)
        throws(OutputError)
    {
        self.path = path
        self.topics = topics
        self.blockBytes = blockBytes
        isCompressed = path.hasSuffix(".zst")
        file = try OutputFile(path, keeping: size)
    }

    /// Appends a record.
    ///
    /// - Throws: ``PipelineProblem`` where the format cannot hold it, ``OutputError``.
    func append(_ record: borrowing Record, topic: Int) throws {
        let start = buffer.count
        try RecordingFormat.append(record, topic: topic, to: &buffer)
        bytes += Int64(buffer.count - start)
        if builder != nil {
            let span = unsafe buffer.span.bytes
            _ = builder?.add(span.extracting(start..<span.byteCount))
        }
        if buffer.count >= blockBytes { try flush() }
    }

    private func flush() throws(OutputError) {
        guard !buffer.isEmpty else { return }
        try file.write(piece: buffer)
        buffer.removeAll(keepingCapacity: true)
        builder?.cut(next: .init(byte: file.size))
    }

    /// Gives the recording its name, and its index the one beside it.
    func finish() throws {
        try flush()
        try file.finish()
        guard path != "-" else { return }
        guard let builder = builder.take() else {
            // a resumed recording was not read from its beginning here
            _ = try RecordingIndex(of: path)
            return
        }
        let stamp = try RecordingIndex.Stamp(of: path)
        RecordingIndex(path, topics: topics, isCompressed: isCompressed, builder).save(stamp)
    }

    /// Writes what is there and leaves it to be gone on with.
    func suspend() throws(OutputError) {
        try flush()
        try file.suspend()
    }
}

extension RecordingIndex {
    fileprivate init(_ path: String, topics: [String], isCompressed: Bool, _ builder: consuming RecordingIndexBuilder) {
        let (blocks, threads) = builder.finish()
        self.init(
            path: path,
            topics: topics,
            problem: nil,
            hasTopics: true,
            isCompressed: isCompressed,
            blocks: blocks,
            threads: threads
        )
    }
}
