import JSON

extension GroupClaim {
    func encoded() -> [UInt8] {
        var writer = ProtobufWriter(reserving: 128)
        writer.message(1) { writer in
            writer.text(1, key.tenant)
            writer.text(2, key.thread)
            writer.text(3, groupID)
            writer.text(4, exampleID)
            writer.text(5, policyVersion)
            writer.varint(6, slot)
            writer.varint(7, groupSize)
            writer.varint(8, attempt)
            writer.varint(9, time)
        }
        return writer.bytes
    }

    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        var tenant: Text = "", thread: Text = "", group: Text = "", example: Text = "", policy: Text = ""
        var slot = 0, size = 0, attempt = 0
        var time: Int64 = 0
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: tenant = try reader.text(tag)
            case 2: thread = try reader.text(tag)
            case 3: group = try reader.text(tag)
            case 4: example = try reader.text(tag)
            case 5: policy = try reader.text(tag)
            case 6: slot = try reader.count(tag)
            case 7: size = try reader.count(tag)
            case 8: attempt = try reader.count(tag)
            case 9: time = try reader.signed(tag)
            default: throw reader.unknown(tag)
            }
        }
        guard slot < size else { throw reader.problem("has slot \(slot) of \(size)") }
        let pairing = Pairing(
            exampleID: example,
            groupID: group,
            rolloutIndex: slot,
            groupSize: size,
            policyVersion: policy,
            attempt: attempt,
            runID: nil,
            trainable: true
        )
        self.init(ThreadKey(tenant: tenant, thread: thread), pairing, time: time)
    }
}

extension ClaimWithdrawal {
    func encoded() -> [UInt8] {
        var writer = ProtobufWriter(reserving: 96)
        writer.message(2) { writer in
            writer.text(1, key.tenant)
            writer.text(2, key.thread)
            writer.text(3, groupID)
        }
        return writer.bytes
    }

    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        var tenant: Text = "", thread: Text = "", group: Text = ""
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: tenant = try reader.text(tag)
            case 2: thread = try reader.text(tag)
            case 3: group = try reader.text(tag)
            default: throw reader.unknown(tag)
            }
        }
        self.init(ThreadKey(tenant: tenant, thread: thread), groupID: group)
    }
}

extension SourceTime {
    func encoded() -> [UInt8] {
        var writer = ProtobufWriter(reserving: 48)
        writer.message(4) { writer in
            writer.text(1, source.topic)
            writer.varint(2, Int64(source.partition))
            writer.optional(3, time.map { UInt64(bitPattern: $0) })
            writer.flag(4, isIdle)
        }
        return writer.bytes
    }

    init(_ reader: consuming ProtobufReader) throws(ScoredProblem) {
        var topic: Text = ""
        var partition = 0
        var time: Int64?
        var isIdle = false
        while let tag = try reader.tag() {
            switch tag.field {
            case 1: topic = try reader.text(tag)
            case 2: partition = try reader.count(tag)
            case 3: time = try reader.signed(tag)
            case 4: isIdle = try reader.flag(tag)
            default: throw reader.unknown(tag)
            }
        }
        guard !topic.string.isEmpty else { throw reader.problem("names no topic") }
        self.init(TimeSource(topic: topic, partition: Int32(partition)), time: time, isIdle: isIdle)
    }
}
