import Foundation
public import JSON

/// Golden data that travels with the tests.
public enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// The path of a file.
    public static func path(_ name: String) -> String { folder.appending(path: name).path }

    /// The bytes of a file.
    public static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: path(name))))
    }

    /// Names of the files of a folder that end so, in order.
    public static func names(in folder: String, ending suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// A file of JSON.
    public static func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: bytes(name)) }
}

/// A folder of a test's own, gone when the test is.
public final class TemporaryFolder {
    /// Where it is.
    public let path: String

    /// Makes a folder.
    public init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "dash-reinforce-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    public func file(_ name: String) -> String { path + "/" + name }

    /// The bytes of a file in it.
    public func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: file(name)))) }

    /// A file of a JSON value a line.
    public func lines(_ name: String) throws -> [JSONValue] {
        try bytes(name).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
    }
}

extension JSONValue {
    /// A whole number.
    public var int: Int? { if case .integer(let number) = self { Int(number) } else { nil } }
    /// A text.
    public var text: String? { if case .string(let text) = self { text.string } else { nil } }
    /// The elements of an array; none of anything else.
    public var list: [JSONValue] { if case .array(let list) = self { list } else { [] } }
    /// A truth value.
    public var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    /// A number of either kind.
    public var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
    /// The entries of an object; none of anything else.
    public var fields: [JSONObject.Entry] { if case .object(let object) = self { object.entries } else { [] } }
}
