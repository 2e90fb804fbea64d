public import JSON

/// What names a thread: its tenant and its id. Thread ids repeat between tenants, so neither is enough alone.
public struct ThreadKey: Hashable, Comparable, Sendable {
    /// The tenant the thread belongs to; an empty tenant is a tenant like any other.
    public let tenant: Text
    /// The thread's id, also the Kafka key of its records.
    public let thread: Text

    /// Names a thread.
    public init(tenant: Text, thread: Text) {
        self.tenant = tenant
        self.thread = thread
    }

    /// Orders by tenant, then thread, by UTF-8 bytes.
    public static func < (a: ThreadKey, b: ThreadKey) -> Bool {
        let order = Text.compare(a.tenant, b.tenant)
        return order == 0 ? a.thread < b.thread : order < 0
    }
}

/// What names a group: its tenant and its id.
public struct GroupKey: Hashable, Comparable, Sendable {
    /// The tenant the group belongs to.
    public let tenant: Text
    /// The group's id, unique within its tenant.
    public let group: Text

    /// Names a group.
    public init(tenant: Text, group: Text) {
        self.tenant = tenant
        self.group = group
    }

    /// The same two texts, for ``KeyOrder``.
    public var sortable: ThreadKey { ThreadKey(tenant: tenant, thread: group) }

    /// Orders by tenant, then group, by UTF-8 bytes.
    public static func < (a: GroupKey, b: GroupKey) -> Bool {
        a.tenant == b.tenant ? a.group < b.group : a.tenant < b.tenant
    }
}
