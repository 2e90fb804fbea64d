import JSON

extension Batch {
    /// The record's value, as its groups are written.
    ///
    /// - Parameters:
    ///   - sequence: its number among the batches of one output; 0 live.
    ///   - estimator: what made the advantages.
    ///   - configuration: names the application.
    public func encoded(sequence: Int, estimator: Estimator, _ configuration: BatchConfiguration) -> [UInt8] {
        switch format {
        case .json:
            var bytes: [UInt8] = []
            append(jsonTo: &bytes, row(sequence, estimator, configuration))
            return bytes
        case .protobuf: return protobuf(row(sequence, estimator, configuration))
        }
    }

    /// The batch as it stands in a file of batches: JSON with a line end behind it, protobuf with its length before it,
    /// a varint.
    public func framed(sequence: Int, estimator: Estimator, _ configuration: BatchConfiguration) -> [UInt8] {
        var bytes: [UInt8] = []
        appendFramed(to: &bytes, sequence: sequence, estimator: estimator, configuration)
        return bytes
    }

    /// Appends what ``framed(sequence:estimator:_:)`` gives, without a copy of its own.
    public func appendFramed(
        to bytes: inout [UInt8],
        sequence: Int,
        estimator: Estimator,
        _ configuration: BatchConfiguration
    ) {
        switch format {
        case .json:
            append(jsonTo: &bytes, row(sequence, estimator, configuration))
            bytes.append(UInt8(ascii: "\n"))
        case .protobuf:
            let value = protobuf(row(sequence, estimator, configuration))
            bytes.appendVarint(UInt64(value.count))
            bytes.append(contentsOf: value)
        }
    }

    private func row(_ sequence: Int, _ estimator: Estimator, _ configuration: BatchConfiguration) -> BatchRow {
        BatchRow(batch: self, sequence: sequence, estimator: estimator, appID: Text(configuration.appID))
    }

    /// Bytes that the record takes, about.
    private var size: Int { groups.reduce(1024) { $0 + $1.body.count + 4 } }

    private func append(jsonTo bytes: inout [UInt8], _ row: BatchRow) {
        // a buffer that takes many batches grows by itself
        if bytes.isEmpty { bytes.reserveCapacity(size) }
        var text = RecordText(bytes: [], texts: [], leftOut: [])
        swap(&bytes, &text.bytes)
        RecordTable<BatchRow>.batch.append(jsonOf: row, to: &text)
        swap(&bytes, &text.bytes)
    }

    private func protobuf(_ row: BatchRow) -> [UInt8] {
        var message = RecordMessage(writer: ProtobufWriter(reserving: size), texts: [], leftOut: [])
        RecordTable<BatchRow>.batch.append(protobufOf: row, to: &message)
        return message.writer.bytes
    }
}
