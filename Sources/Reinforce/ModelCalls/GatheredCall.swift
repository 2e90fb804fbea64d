import JSON

/// A call while its events are being gathered.
struct GatheredCall {
    var request: Text?
    var node: Text?
    /// Place of its first LLM_START in the main lane, else of its first event.
    var order: Int
    /// Where its last LLM_START and what ended it are stored; −1: nowhere.
    var start = -1
    var end = -1
    var isFailed = false
    /// Header times.
    var startedAt: Int64?
    var firstAt: Int64
    var endedAt: Int64?
    /// Of its last LLM_RETRY: chunks that are not later count no more.
    var retriedAt: Int64?
    /// Numbers of its chunks.
    var chunks: [Int] = []

    /// Neither LLM_END nor LLM_ERROR.
    var isOpen: Bool { end < 0 }
    /// Where it belongs in time.
    var time: Int64 { startedAt ?? firstAt }
}
