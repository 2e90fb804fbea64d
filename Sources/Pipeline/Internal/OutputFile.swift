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

    /// - Throws: when the file cannot be made.
    public init(_ path: String) throws(OutputError) {
        self.path = path
        temporary = path + ".partial"
        if path == "-" {
            descriptor = 1
        } else {
            descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw OutputError(path, "cannot write \(path)") }
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

    init(_ path: String, _ message: String) {
        self.path = path
        description = unsafe "\(message): \(String(cString: strerror(errno)))"
    }
}
