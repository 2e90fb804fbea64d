internal import JSON
internal import Reinforce
internal import Watch

/// A group with everything: what the policy read and wrote, how it was scored, where it stands in the log.
///
/// It is rendered when somebody opens it, on the thread that answers.
struct GroupDetail {
    let estimator: Estimator
    let topics: [String]

    /// As an object: `summary`, `group` (as in a batch; null where it was too large to be kept) and `ledger`.
    func bytes(_ watched: WatchedGroup) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("summary")
            watched.write(to: &writer)
            writer.key("group")
            guard let group = watched.group else {
                writer.null()
                return
            }
            let renderer = GroupRenderer(estimator, BatchConfiguration(), topics: topics.map { Text($0) })
            writer.raw(renderer.render(group).body)
            writer.array("ledger", group.members) { writer, member in
                var entry = LedgerEntry(member)
                if let reason = watched.exclusion { entry = entry.excluded(reason) }
                var line: [UInt8] = []
                entry.append(to: &line)
                writer.raw(line)
            }
        }
        return writer.bytes
    }
}
