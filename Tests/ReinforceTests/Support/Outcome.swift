import JSON

@testable import Reinforce

extension DecidedGroup {
    /// All of it that must be the same whatever was killed, as a line.
    var outcome: String {
        let members = members.map { member in
            "\(member.rollout.key.thread)=\(member.advantage)\(member.exclusion?.rawValue ?? "")\(member.isSuperseded)"
        }
        return "\(key.group) \(status) \(closeReason) \(members) late \(late.map(\.key.thread.string).sorted())"
    }
}

extension GroupStage {
    /// Hands over the ends that the stage itself has decided, a line each.
    mutating func takeFates() -> [String] {
        defer { fates = [] }
        return fates.map { "\($0.key.thread) \($0.reason?.rawValue ?? "")" }
    }
}
