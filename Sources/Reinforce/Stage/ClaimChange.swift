/// What a thread tells its group while it runs: that it holds a slot, or that it does so no more. Telling it twice changes
/// nothing.
public enum ClaimChange: Hashable, Sendable {
    /// A thread is running whose pairing and example are known. It takes the place of the thread's earlier claim.
    case claim(ThreadKey, Pairing, time: Int64)
    /// A thread will give nothing to this group: its pairing changed, or it was excluded.
    case withdrawal(ThreadKey, GroupKey)

    /// The thread.
    public var key: ThreadKey {
        switch self {
        case .claim(let key, _, _), .withdrawal(let key, _): key
        }
    }

    /// The group it tells it to.
    public var group: GroupKey {
        switch self {
        case .claim(let key, let pairing, _): GroupKey(tenant: key.tenant, group: pairing.groupID)
        case .withdrawal(_, let group): group
        }
    }
}
