public import Settings

/// What the processor must be allowed to do with a resource.
public struct Permission: Sendable, Hashable {
    /// What an ACL can be about.
    public enum Resource: Sendable, Hashable {
        case topic(String)
        case group(String)
        /// Every id that begins so.
        case transactionalIDs(String)
    }

    /// What with.
    public let resource: Resource
    /// What is done.
    public let operations: [PlannedTopic.Operation]

    static func all(_ topics: [PlannedTopic], _ settings: Settings) -> [Permission] {
        var all = topics.map { Permission(resource: .topic($0.name), operations: $0.operations) }
        all.append(Permission(resource: .group(settings.appID), operations: [.read]))
        if settings.isExactlyOnce {
            all.append(Permission(resource: .transactionalIDs(settings.appID + "-"), operations: [.write]))
        }
        return all
    }

    /// The command of Kafka's own tool that grants it. Read, Write and Delete imply Describe.
    public func command(principal: String, brokers: String) -> String {
        let resource =
            switch resource {
            case .topic(let name): "--topic \(shellQuoted(name))"
            case .group(let name): "--group \(shellQuoted(name))"
            case .transactionalIDs(let prefix):
                "--resource-pattern-type prefixed --transactional-id \(shellQuoted(prefix))"
            }
        let operations = operations.map { "--operation \($0.rawValue)" }
        return "kafka-acls.sh --bootstrap-server \(shellQuoted(brokers)) --add --allow-principal "
            + "\(shellQuoted(principal)) \(operations.joined(separator: " ")) \(resource)"
    }
}

extension Settings {
    /// Whom permissions are for: the user that logs in, else one named like the application.
    public var principal: String {
        let user = kafka.properties.last { $0.hasPrefix("sasl.username=") }?.dropFirst("sasl.username=".count)
        return "User:" + (user.map(String.init) ?? appID)
    }
}

/// A word for a shell; quoted where it holds anything but the usual characters.
func shellQuoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "._-:,/=".utf8.contains($0)
        }
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}
