import Foundation

/// Reads a file, or standard input as `-`, piece by piece.
@safe
package final class FileBytes: ByteSource {
    package let path: String
    private let descriptor: Int32

    /// - Parameter offset: the first byte that is read.
    package init(_ path: String, at offset: Int64 = 0) throws(InputError) {
        self.path = path
        if path == "-" {
            descriptor = 0
            return
        }
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let why = unsafe String(cString: strerror(errno))
            throw InputError(.unreadable, path, "cannot read \(path): \(why)")
        }
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw InputError(.unreadable, path, "cannot read \(path): it is a folder")
        }
        if offset > 0 { lseek(descriptor, off_t(offset), SEEK_SET) }
    }

    /// All bytes of a file.
    package static func contents(of path: String) throws(InputError) -> [UInt8] {
        let file = try FileBytes(path)
        var bytes: [UInt8] = []
        while try file.read(into: &bytes, atMost: 1 << 20) > 0 {}
        return bytes
    }

    deinit { if descriptor > 0 { close(descriptor) } }

    /// Bytes of the file, where it has a size.
    package var size: Int64? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }

    package func read(into bytes: inout [UInt8], atMost count: Int) throws(InputError) -> Int {
        let before = bytes.count
        var failed = false
        // straight to where it stays
        bytes.append(addingCapacity: count) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
                let start = unsafe buffer.baseAddress.map { unsafe $0 + filled }
                var n: Int
                repeat { unsafe n = Foundation.read(descriptor, start, count) } while n < 0 && errno == EINTR
                filled += max(0, n)
                failed = n < 0
            }
        }
        if failed {
            let why = unsafe String(cString: strerror(errno))
            throw InputError(.unreadable, path, "cannot read \(path) further: \(why)")
        }
        consumed += Int64(bytes.count - before)
        return bytes.count - before
    }

    /// Bytes read so far.
    package private(set) var consumed: Int64 = 0
}

/// Where the bytes of a file come from.
package protocol ByteSource: AnyObject {
    /// Appends up to `count` bytes; 0 at the end.
    func read(into bytes: inout [UInt8], atMost count: Int) throws(InputError) -> Int
}
