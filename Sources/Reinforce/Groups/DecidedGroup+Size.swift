/// What a group comes to when it is written, known before it is.
extension DecidedGroup {
    /// Bytes that its record has at least: the fields of its samples, as often as they are written.
    func leastBytes(_ samples: BatchConfiguration.Samples) -> Int {
        let times =
            switch samples {
            case .both: 2
            case .text, .fields: 1
            case .none: 0
            }
        return members.lazy.filter(\.votes).reduce(0) { $0 + times * $1.rollout.fieldBytes }
    }

    /// Bytes that its members hold, roughly.
    public var heldBytes: Int { members.reduce(4096) { $0 + $1.rollout.heldBytes } }

    /// Bytes that writing it takes, roughly.
    public var sampleBytes: Int {
        members.lazy.filter(\.votes).reduce(4096) { $0 + 1024 + $1.rollout.trajectory.sampleSize.bytes }
    }
}

extension Rollout {
    /// Bytes of names and values in its samples.
    fileprivate var fieldBytes: Int {
        samples.reduce(0) { sum, sample in
            [sample.inputs, sample.outputs].reduce(sum) { sum, range in
                trajectory.fields[Int(range.start)..<range.end].reduce(sum) {
                    $0 + Int($1.name.count) + Int($1.value.count)
                }
            }
        }
    }
}
