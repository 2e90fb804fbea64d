import Foundation

/// A file that appears under its name only when it is whole: until then it carries `.partial` behind it.
/// `-` is standard output; a name that ends in `.zst` is compressed.
public final class OutputFile {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var compressor: ZstdWriter?
    private var isOpen = true

    /// Bytes written to the file so far, after compression.
    private(set) var size: Int64 = 0

    /// - Throws: when the file cannot be made.
    public convenience init(_ path: String) throws(OutputError) { try self.init(path, keeping: 0) }

    /// - Parameter keeping: bytes of an earlier `.partial` that stay: what is written goes behind them.
    init(_ path: String, keeping: Int64) throws(OutputError) {
        self.path = path
        temporary = OutputFile.partial(of: path)
        if path == "-" {
            descriptor = 1
        } else {
            descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | (keeping > 0 ? 0 : O_TRUNC) | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw OutputError(path, "cannot write \(path)") }
            if keeping > 0, ftruncate(descriptor, off_t(keeping)) != 0 || lseek(descriptor, 0, SEEK_END) < 0 {
                throw OutputError(path, "cannot write behind what \(temporary) holds")
            }
            size = keeping
        }
        if path.hasSuffix(".zst") { compressor = ZstdWriter() }
        buffer.reserveCapacity(1 << 20)
    }

    deinit { if isOpen, path != "-" { abandon() } }

    /// Appends bytes and a line end.
    public func write(line bytes: [UInt8]) throws(OutputError) {
        buffer.append(contentsOf: bytes)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= 1 << 20 { try flush() }
    }

    /// Appends bytes as they are.
    public func write(_ bytes: [UInt8]) throws(OutputError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= 1 << 20 { try flush() }
    }

    /// The name that a file carries until it is whole.
    static func partial(of path: String) -> String { path + ".partial" }

    /// Appends bytes as one piece: a zstd frame of its own where the file is compressed.
    func write(piece bytes: [UInt8]) throws(OutputError) {
        try flush()
        buffer = bytes
        try flush()
    }

    private func flush() throws(OutputError) {
        if let compressor {
            try writeAll(compressor.frame(buffer))
        } else {
            try writeAll(buffer)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func writeAll(_ bytes: [UInt8]) throws(OutputError) {
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
        size += Int64(bytes.count)
    }

    /// Writes what is left and gives the file its name.
    public func finish() throws(OutputError) {
        try flush()
        isOpen = false
        guard path != "-" else { return }
        close(descriptor)
        guard unsafe rename(temporary, path) == 0 else {
            throw OutputError(path, "cannot rename \(temporary) to \(path)")
        }
    }

    /// Writes what is left and leaves the file under its partial name, to be gone on with.
    func suspend() throws(OutputError) {
        try flush()
        isOpen = false
        if path != "-" { close(descriptor) }
    }

    /// Leaves nothing behind.
    public func abandon() {
        guard isOpen, path != "-" else { return }
        isOpen = false
        close(descriptor)
        unsafe unlink(temporary)
    }
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
