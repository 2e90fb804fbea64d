package import Files

extension RecordingIndex {
    /// Makes the index of a recording by reading all of it.
    package init(scanning path: String, blockBytes: Int = RecordingFormat.blockBytes) throws(InputError) {
        let reader = try RecordingReader(path, chunkBytes: blockBytes)
        var builder = RecordingIndexBuilder(hasTopics: reader.hasTopics, at: reader.place(at: reader.position))
        while let chunk = reader.next() {
            let span = unsafe chunk.bytes.span.bytes
            var at = 0
            while at < span.byteCount {
                var length = LittleEndianReader(span.extracting(at..<span.byteCount))
                let end = at + 4 + Int(length.integer(4) ?? 0)
                guard end <= span.byteCount, builder.add(span.extracting(at..<end)) else {
                    reader.noteDamaged(index: builder.count)
                    break
                }
                at = end
                // where the writer ends a block, so that the index is the same however it was made
                if builder.bytes >= blockBytes {
                    builder.cut(next: reader.place(at: chunk.position + Int64(at)))
                }
            }
        }
        let (blocks, threads) = builder.finish()
        self.path = path
        topics = reader.topics
        problem = reader.problem
        hasTopics = reader.hasTopics
        isCompressed = reader.isCompressed
        self.blocks = blocks
        self.threads = threads
    }
}
