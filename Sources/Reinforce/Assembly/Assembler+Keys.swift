import DashStream
import JSON

/// What is asked of every record is inlined: to lend the assembler to a call would lay all of it out anew.
extension Assembler {
    /// The hash under which a thread is found.
    @inline(__always)
    func keyHash(_ tenant: RawSpan, _ thread: RawSpan) -> UInt64 {
        var hash = ByteHash(seed: seed)
        hash.combine(tenant)
        hash.combine(thread)
        return hash.value
    }

    /// What a message's key is remembered by (live).
    @inline(__always)
    @_lifetime(copy unit)
    func memoryKey(_ unit: borrowing DashStream.Unit, _ hash: UInt64) -> MemoryKey {
        MemoryKey(hash: hash, unit.header.tenantID, unit.header.threadID)
    }

    /// The hash by which a message id is looked for within its open thread.
    @inline(__always)
    func identityHash(_ id: RawSpan) -> UInt64 {
        var hash = ByteHash(seed: seed)
        hash.combine(id)
        return hash.value
    }

    /// The open thread of a tenant and a thread id.
    @inline(__always)
    func find(_ hash: UInt64, _ tenant: RawSpan, _ thread: RawSpan) -> Int? {
        table.find(hash) { slot in
            // only what is compared: a whole thread is large to copy
            guard threads[slot]?.hasCounts(tenant, thread) == true, let payload = threads[slot]?.payload else {
                return false
            }
            return store.holds(tenant, at: 0, in: payload) && store.holds(thread, at: tenant.byteCount, in: payload)
        }
    }

    /// 32 bits that tell the key that a message names from another one; the same in every process.
    func keySum(_ unit: borrowing DashStream.Unit) -> UInt32 {
        var hash = ByteHash(seed: 0)
        hash.combine(unit.header.tenantID)
        hash.combine(unit.header.threadID)
        return UInt32(truncatingIfNeeded: hash.value)
    }

    /// The key that a message names; ids were found to be UTF-8 when the frame was decoded.
    func key(_ unit: borrowing DashStream.Unit) -> ThreadKey? {
        guard let tenant = Text(utf8: unit.header.tenantID), let thread = Text(utf8: unit.header.threadID) else {
            return nil
        }
        return ThreadKey(tenant: tenant, thread: thread)
    }

    /// Whether a thread is open.
    func isOpen(_ key: ThreadKey) -> Bool {
        let tenant = Array(key.tenant.utf8)
        let thread = Array(key.thread.utf8)
        return unsafe find(keyHash(tenant.span.bytes, thread.span.bytes), tenant.span.bytes, thread.span.bytes) != nil
    }
}
