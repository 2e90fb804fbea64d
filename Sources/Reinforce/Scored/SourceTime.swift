public import JSON

/// A partition that threads come from.
public struct TimeSource: Hashable, Comparable, Sendable {
    /// The topic.
    public let topic: Text
    /// The partition.
    public let partition: Int32

    /// Names a source.
    public init(topic: Text, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// By topic, then partition.
    public static func < (a: TimeSource, b: TimeSource) -> Bool {
        a.topic == b.topic ? a.partition < b.partition : a.topic < b.topic
    }
}

/// How far a source has come: every partition of the scored topic is told.
public struct SourceTime: Hashable, Sendable {
    /// The source.
    public let source: TimeSource
    /// Its stream time in milliseconds; nil: it has had no record yet.
    public let time: Int64?
    /// Read to its end for a while, or empty: it holds nobody up.
    public let isIdle: Bool

    /// A source's time.
    public init(_ source: TimeSource, time: Int64?, isIdle: Bool) {
        self.source = source
        self.time = time
        self.isIdle = isIdle
    }
}
