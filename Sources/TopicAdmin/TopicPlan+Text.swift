internal import JSON

extension TopicPlan {
    /// The plan as a person would read it, with the commands that grant what is needed.
    public func text(principal: String, brokers: String, replication: Int32) -> String {
        let names = max(5, topics.map(\.name.count).max() ?? 5)
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        var lines = ["\(padded("topic", names))  \(padded("for", 11))  partitions  settings"]
        for topic in topics {
            let settings = topic.configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.append(
                "\(padded(topic.name, names))  \(padded(topic.role.rawValue, 11))  "
                    + "\(padded(String(topic.partitions), 10))  \(settings.joined(separator: " "))"
            )
        }
        lines += ["", "replication: \(replication < 0 ? "the broker's default" : String(replication))", ""]
        lines.append("# what \(principal) must be allowed to do")
        lines += permissions.map { $0.command(principal: principal, brokers: brokers) }
        lines.append("# what `topics create` needs beside that, once")
        lines += topics.map {
            Permission(resource: .topic($0.name), operations: [.create])
                .command(principal: principal, brokers: brokers)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The plan as JSON, in one line.
    public func json(principal: String, brokers: String, replication: Int32) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("topics")
        writer.beginArray()
        for topic in topics { topic.write(to: &writer) }
        writer.endArray()
        writer.key("replication")
        if replication < 0 { writer.null() } else { writer.integer(Int64(replication)) }
        writer.key("acls")
        writer.beginArray()
        for permission in permissions { writer.string(permission.command(principal: principal, brokers: brokers)) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}

extension PlannedTopic {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        writer.key("for")
        writer.string(role.rawValue)
        writer.key("partitions")
        writer.integer(Int64(partitions))
        writer.key("configuration")
        writer.beginObject()
        for (key, value) in configuration.sorted(by: { $0.key < $1.key }) {
            writer.key(key)
            writer.string(value)
        }
        writer.endObject()
        writer.endObject()
    }
}
