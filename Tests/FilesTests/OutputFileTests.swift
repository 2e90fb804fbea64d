import Foundation
import TestSupport
import Testing

@testable import Files

/// Where results are written.
@Suite struct OutputFileTests {
    @Test func aFileAppearsWhenItIsWholeAndNotBefore() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.jsonl")
        for isLeft in [true, false] {
            let file = try OutputFile(path)
            try file.write(line: Array("one".utf8))
            #expect(!FileManager.default.fileExists(atPath: path))
            if isLeft { file.abandon() } else { try file.finish() }
            #expect(FileManager.default.fileExists(atPath: path) != isLeft)
            #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
        }
        #expect(try folder.bytes("a.jsonl") == Array("one\n".utf8))
    }

    /// `--out /dev/null` must not put a file in the place of the device.
    @Test func aPipeIsWrittenToAndStaysOne() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let reader = unsafe open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let file = try OutputFile(path)
        file.writeBehind()
        try file.write(line: Array("one".utf8))
        try file.finish()
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(unsafe read(reader, &bytes, bytes.count) == 4)
        #expect(bytes.starts(with: Array("one\n".utf8)))
        var status = stat()
        #expect(unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
        #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
    }
}
