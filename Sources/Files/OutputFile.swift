import Foundation

/// A file that appears under its name only when it is whole: until then it carries `.partial` behind it.
/// `-` is standard output; what is no regular file (a device, a pipe) is written to as it is; a name that ends in `.zst` is
/// compressed.
public final class OutputFile {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    /// It is written under its partial name, to be renamed.
    private let isPartial: Bool
    private var buffer: [UInt8] = []
    private var compressor: ZstdWriter?
    /// Writes while the next buffer is filled, where the program may use more than one thread.
    private var behind: WriteBehind?
    private var isOpen = true

    /// Bytes above which what waits is written: what a core's cache holds.
    private static var bufferBytes: Int { 1 << 20 }
    /// Bytes written to the file so far, after compression.
    package private(set) var size: Int64 = 0

    /// - Throws: when the file cannot be made.
    public convenience init(_ path: String) throws(OutputError) { try self.init(path, keeping: 0) }

    /// - Parameter keeping: bytes of an earlier `.partial` that stay: what is written goes behind them.
    package init(_ path: String, keeping: Int64) throws(OutputError) {
        self.path = path
        temporary = OutputFile.partial(of: path)
        if path == "-" {
            (descriptor, isPartial) = (1, false)
        } else if Self.isSpecial(path) {
            // a file renamed to it would take its place
            (descriptor, isPartial) = (unsafe open(path, O_WRONLY | O_CLOEXEC), false)
            guard descriptor >= 0 else { throw OutputError(path, "cannot write \(path)") }
        } else {
            isPartial = true
            descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | (keeping > 0 ? 0 : O_TRUNC) | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw OutputError(path, "cannot write \(path)") }
            if keeping > 0, ftruncate(descriptor, off_t(keeping)) != 0 || lseek(descriptor, 0, SEEK_END) < 0 {
                throw OutputError(path, "cannot write behind what \(temporary) holds")
            }
            size = keeping
        }
        if path.hasSuffix(".zst") { compressor = ZstdWriter() }
        // the last piece goes beyond it
        buffer.reserveCapacity(Self.bufferBytes * 5 / 4)
    }

    deinit { if isOpen { abandon() } }

    /// Whether something other than a regular file has this name.
    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    /// Appends bytes and a line end.
    public func write(line bytes: [UInt8]) throws(OutputError) {
        buffer.append(contentsOf: bytes)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Appends bytes as they are.
    public func write(_ bytes: [UInt8]) throws(OutputError) { try write { $0.append(contentsOf: bytes) } }

    /// Appends what `body` appends, straight to the file's buffer.
    package func write(_ body: (inout [UInt8]) -> Void) throws(OutputError) {
        body(&buffer)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// The name that a file carries until it is whole.
    package static func partial(of path: String) -> String { path + ".partial" }

    /// Appends bytes as one piece: a zstd frame of its own where the file is compressed.
    package func write(piece bytes: [UInt8]) throws(OutputError) {
        try flush()
        buffer = bytes
        try flush()
    }

    /// From now on a thread of its own writes; an error is told by a later call, ``finish()`` at the latest.
    package func writeBehind() {
        let (descriptor, path) = (descriptor, path)
        behind = WriteBehind { (bytes: [UInt8]) throws(OutputError) in try Self.write(bytes, descriptor, path) }
    }

    private func flush() throws(OutputError) {
        if let compressor { buffer = compressor.frame(buffer) }
        size += Int64(buffer.count)
        if let behind { try behind.take(&buffer) } else { try Self.write(buffer, descriptor, path) }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func write(_ bytes: [UInt8], _ descriptor: Int32, _ path: String) throws(OutputError) {
        var offset = 0
        while offset < bytes.count {
            let n = unsafe bytes.withUnsafeBytes { all in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[offset...])
                return unsafe Foundation.write(descriptor, rest.baseAddress, rest.count)
            }
            if n < 0 {
                if errno == EINTR { continue }
                throw OutputError(path, "cannot write \(path) further")
            }
            offset += n
        }
    }

    /// Writes what is left and gives the file its name.
    public func finish() throws(OutputError) {
        try suspend()
        guard isPartial else { return }
        guard unsafe rename(temporary, path) == 0 else {
            throw OutputError(path, "cannot rename \(temporary) to \(path)")
        }
    }

    /// Whether nothing was written to it.
    package var isEmpty: Bool { size == 0 && buffer.isEmpty }

    /// Ends an output of an input that is not whole: an empty file would say that there was nothing in it.
    package func finish(ofCutInput isCut: Bool) throws(OutputError) {
        if isCut, isEmpty { abandon() } else { try finish() }
    }

    /// Writes what is left and leaves the file under its partial name, to be gone on with.
    package func suspend() throws(OutputError) {
        try flush()
        try behind?.finish()
        isOpen = false
        closeUnlessStandardOutput()
    }

    /// Leaves nothing behind.
    public func abandon() {
        guard isOpen else { return }
        isOpen = false
        try? behind?.finish()
        closeUnlessStandardOutput()
        if isPartial { unsafe unlink(temporary) }
    }

    private func closeUnlessStandardOutput() { if path != "-" { close(descriptor) } }
}

/// A file that cannot be written.
public struct OutputError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What failed, and why.
    public let description: String

    init(because description: String, _ path: String) {
        self.path = path
        self.description = description
    }

    init(_ path: String, _ message: String) {
        self.path = path
        description = unsafe "\(message): \(String(cString: strerror(errno)))"
    }
}
