/// How much of an open thread stands on the checkpoints topic.
struct SpillMark {
    /// Everything below this offset does; nil: nothing does.
    var cut: Int64?
    /// Where, by part number.
    var parts: [PartReference] = []
    /// Messages, bytes of the payload and duplicates that the parts hold.
    var entries = 0
    var bytes = 0
    var duplicates: UInt32 = 0
    /// Bytes of the partition that had been read at the cut, or when the thread opened.
    var readAt = 0

    /// Something of it is there.
    var isSpilled: Bool { cut != nil || !parts.isEmpty || entries > 0 || bytes > 0 || duplicates > 0 }
}
