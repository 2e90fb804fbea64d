internal import CRdkafka

/// Who a member of a group is at the moment: with it a transaction's offsets are fenced.
///
/// Always read afresh from the consumer just before it is used: what is held longer is outdated by the next rebalance.
public struct GroupMetadata: Sendable, Hashable {
    /// The group.
    public let group: String
    /// The group's round of assignment, 0 or more.
    public let generation: Int32
    /// The member's id, never empty.
    public let member: String
    /// librdkafka's own form of it, which another client in this process can read back.
    let written: [UInt8]

    /// Reads librdkafka's form; nil where it is not one of a member: `CGMDv2:`, generation, group, member, instance.
    init?(written: [UInt8]) {
        let magic = Array("CGMDv2:".utf8)
        guard written.starts(with: magic), written.count >= magic.count + 4 else { return nil }
        // written as the machine keeps it
        let generation = unsafe written.withUnsafeBytes {
            unsafe $0.loadUnaligned(fromByteOffset: magic.count, as: Int32.self)
        }
        let names = written.dropFirst(magic.count + 4).split(separator: 0, omittingEmptySubsequences: false)
        guard names.count >= 3, generation >= 0, !names[1].isEmpty else { return nil }
        group = String(decoding: names[0], as: UTF8.self)
        member = String(decoding: names[1], as: UTF8.self)
        self.generation = generation
        self.written = written
    }
}
