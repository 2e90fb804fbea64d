import JSON

/// What travels from the stage that scores threads to the stage that decides groups (`docs/scored.proto`).
public enum ScoredRecord: Sendable {
    /// A thread has taken a slot.
    case claim(GroupClaim)
    /// A thread has given its slot up.
    case withdrawal(ClaimWithdrawal)
    /// A thread is over, with its reward and its samples.
    case scored(Rollout)
    /// How far a source has come.
    case time(SourceTime)

    /// The group it is about; nil: about all of them.
    public var groupKey: GroupKey? {
        switch self {
        case .claim(let claim): claim.groupKey
        case .withdrawal(let withdrawal): withdrawal.groupKey
        case .scored(let rollout): rollout.groupKey
        case .time: nil
        }
    }

    /// The Kafka key of a group's records, `TENANT/GROUP`: the producer's partitioner puts all of them into one partition.
    /// A time goes to every partition, without a key.
    public var kafkaKey: [UInt8]? { groupKey?.kafkaKey }

    /// The record's value.
    public func encoded() -> [UInt8] {
        switch self {
        case .claim(let claim): claim.encoded()
        case .withdrawal(let withdrawal): withdrawal.encoded()
        case .scored(let rollout): rollout.encoded()
        case .time(let time): time.encoded()
        }
    }

    /// Reads a record's value; its text is copied once.
    ///
    /// - Throws: what is wrong with it and where.
    public init(decoding span: RawSpan) throws(ScoredProblem) {
        var reader = ProtobufReader(span, "ScoredRecord")
        var record: ScoredRecord?
        while let tag = try reader.tag() {
            guard record == nil else { throw reader.problem("says more than one thing") }
            switch tag.field {
            case 1: record = try .claim(GroupClaim(reader.message(tag, "Claim")))
            case 2: record = try .withdrawal(ClaimWithdrawal(reader.message(tag, "Withdrawal")))
            case 3: record = try .scored(Rollout(reader.message(tag, "Rollout")))
            case 4: record = try .time(SourceTime(reader.message(tag, "Time")))
            default: throw reader.unknown(tag)
            }
        }
        guard let record else { throw reader.problem("says nothing") }
        self = record
    }
}

extension GroupKey {
    /// The Kafka key of the group's records on the scored topic, `TENANT/GROUP`.
    public var kafkaKey: [UInt8] { Array(tenant.utf8) + [UInt8(ascii: "/")] + Array(group.utf8) }
}
