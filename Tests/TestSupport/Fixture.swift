import Foundation
public import JSON

/// Golden data that travels with the tests.
public enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    public static func path(_ name: String) -> String { folder.appending(path: name).path }

    public static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: path(name))))
    }

    /// Names of the files of a folder that end so, in order.
    public static func names(in folder: String, ending suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0.hasSuffix(suffix) }.sorted()
    }

    public static func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: bytes(name)) }
}

/// A folder of a test's own, gone when the test is.
public final class TemporaryFolder {
    public let path: String

    public init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "dash-reinforce-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public func file(_ name: String) -> String { path + "/" + name }

    public func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: file(name)))) }

    public func lines(_ name: String) throws -> [JSONValue] {
        try bytes(name).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
    }
}

extension JSONValue {
    public var int: Int? { if case .integer(let number) = self { Int(number) } else { nil } }
    public var text: String? { if case .string(let text) = self { text.string } else { nil } }
    public var list: [JSONValue] { if case .array(let list) = self { list } else { [] } }
    public var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    public var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
    public var fields: [JSONObject.Entry] { if case .object(let object) = self { object.entries } else { [] } }
}
