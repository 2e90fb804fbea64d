public import Problems
internal import Settings

/// Where a range of topics begins or ends.
public enum RangeBound: Sendable, Hashable {
    /// The first record that is left.
    case earliest
    /// Behind the last record there is when the work starts.
    case latest
    /// The first record at or after a time, milliseconds since 1970, partition by partition.
    case time(Int64)
    /// Offsets by partition; a partition that is not named is taken whole.
    case offsets([Partition: Int64])

    /// A partition, of one topic or (nil) of whichever there is.
    public struct Partition: Sendable, Hashable {
        /// Its topic; nil: the only one.
        public let topic: String?
        /// Its number.
        public let number: Int32

        /// Names a partition.
        public init(_ number: Int32, of topic: String? = nil) {
            self.topic = topic
            self.number = number
        }
    }

    /// Reads `earliest`, `latest`, a time with its zone, or `PARTITION:OFFSET,…` (`TOPIC:PARTITION:OFFSET,…` where there are
    /// several topics).
    ///
    /// - Parameter flag: names it in the message.
    /// - Throws: ``PipelineProblem`` that says what is allowed.
    public init(parsing text: String, flag: String) throws(PipelineProblem) {
        switch text {
        case "earliest": self = .earliest
        case "latest": self = .latest
        default:
            // a time is full of colons, too: what begins like a date is never read as offsets
            if Time.isMeant(by: text) {
                do throws(TimeProblem) {
                    self = .time(try Time(parsing: text).milliseconds)
                    return
                } catch {
                    throw PipelineProblem(.usage, "\(flag): \(error)")
                }
            }
            var offsets: [Partition: Int64] = [:]
            for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
                let parts = piece.split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2 || parts.count == 3, let number = Int32(parts[parts.count - 2]), number >= 0,
                    let offset = Int64(parts[parts.count - 1]), offset >= 0, parts.count == 2 || !parts[0].isEmpty
                else {
                    throw PipelineProblem(
                        .usage,
                        "\(flag) needs earliest, latest, a time such as 2026-11-24T08:00:00Z, or offsets such as "
                            + "0:1000,1:950 (PARTITION:OFFSET), not `\(text)`"
                    )
                }
                let partition = Partition(number, of: parts.count == 3 ? String(parts[0]) : nil)
                guard offsets.updateValue(offset, forKey: partition) == nil else {
                    throw PipelineProblem(.usage, "\(flag) names partition \(number) twice")
                }
            }
            self = .offsets(offsets)
        }
    }
}
