import Foundation

/// Pieces of bytes that are written one after another and read back in the same order: in memory while they are few, else
/// in a temporary file that has no name and is gone with the process, however it ends.
@safe
package final class SpillFile {
    private var buffer: [UInt8] = []
    private var descriptor: Int32 = -1
    private let limit: Int
    private var readAt = 0
    private var fileAt: Int64 = 0
    private var fileSize: Int64 = 0
    /// Pieces written.
    package private(set) var count = 0
    /// Bytes written, their lengths included.
    package var bytes: Int64 { fileSize + Int64(isReading ? 0 : buffer.count) }
    private var isReading = false

    /// - Parameter limit: bytes that stay in memory.
    package init(limit: Int = 256 << 10) { self.limit = limit }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Bytes held in memory.
    package var heldBytes: Int { buffer.capacity }

    /// Appends a piece.
    package func append(_ piece: [UInt8]) throws(OutputError) {
        buffer.append(little: UInt64(piece.count), 4)
        buffer.append(contentsOf: piece)
        count += 1
        if buffer.count >= limit { try flush() }
    }

    private func flush() throws(OutputError) {
        if descriptor < 0 { descriptor = try RunFile.open() }
        var done = 0
        while done < buffer.count {
            let n = unsafe buffer.withUnsafeBytes { all in
                unsafe write(descriptor, all.baseAddress.map { unsafe $0 + done }, all.count - done)
            }
            if n < 0 {
                if errno == EINTR { continue }
                throw OutputError(RunFile.folder, "cannot write a temporary file in \(RunFile.folder)")
            }
            done += n
        }
        fileSize += Int64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }

    /// From now on pieces are read, from the first one on.
    package func rewind() throws(OutputError) {
        if !isReading, descriptor >= 0 { try flush() }
        isReading = true
        readAt = 0
        if descriptor >= 0 {
            buffer = []
            fileAt = 0
        }
    }

    /// The next piece; nil behind the last one.
    package func next() throws(OutputError) -> [UInt8]? {
        guard try need(4) else { return nil }
        var length = 0
        for index in 0..<4 { length |= Int(buffer[readAt + index]) << (8 * index) }
        guard try need(4 + length) else { return nil }
        let piece = Array(buffer[readAt + 4..<readAt + 4 + length])
        readAt += 4 + length
        return piece
    }

    /// Makes sure that so many bytes lie in the buffer; false at the end.
    private func need(_ wanted: Int) throws(OutputError) -> Bool {
        if buffer.count - readAt >= wanted { return true }
        guard descriptor >= 0, fileAt < fileSize else { return false }
        buffer.removeFirst(readAt)
        readAt = 0
        while buffer.count < wanted, fileAt < fileSize {
            let room = max(wanted - buffer.count, limit)
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, filled in
                var n: Int
                repeat {
                    unsafe n = pread(descriptor, target.baseAddress, room, off_t(fileAt))
                } while n < 0 && errno == EINTR
                filled = max(0, n)
            }
            guard !piece.isEmpty else { throw OutputError(RunFile.folder, "cannot read a temporary file back") }
            fileAt += Int64(piece.count)
            buffer.append(contentsOf: piece)
        }
        return buffer.count >= wanted
    }
}
