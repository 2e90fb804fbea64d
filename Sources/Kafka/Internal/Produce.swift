internal import CRdkafka

/// Hands one record to librdkafka, which copies it. Headers go as an explicit list, destroyed here on an error.
func produce(
    _ client: OpaquePointer,
    _ topic: String,
    _ partition: Int32?,
    _ key: [UInt8]?,
    _ value: [UInt8]?,
    _ headers: [RecordHeader],
    _ timestamp: Int64,
    _ opaque: UnsafeMutableRawPointer?
) -> rd_kafka_resp_err_t {
    var list: OpaquePointer?
    if !headers.isEmpty {
        unsafe list = rd_kafka_headers_new(headers.count)
        for header in headers {
            let size = header.value?.count ?? 0
            unsafe _ = header.name.withCString { name in
                unsafe withBytes(header.value) { unsafe rd_kafka_header_add(list, name, -1, $0, size) }
            }
        }
    }
    let code = unsafe withBytes(key) { keyBytes in
        unsafe withBytes(value) { valueBytes in
            unsafe crd_produce_topic(
                client,
                topic,
                partition ?? -1,
                keyBytes,
                key?.count ?? 0,
                valueBytes,
                value?.count ?? 0,
                timestamp,
                list,
                opaque
            )
        }
    }
    if code.rawValue != 0, let list = unsafe list { unsafe rd_kafka_headers_destroy(list) }
    return code
}

/// The bytes' address, not nil for an empty array: no bytes are not the same as none.
private func withBytes<R>(_ bytes: [UInt8]?, _ body: (UnsafeRawPointer?) -> R) -> R {
    guard let bytes else { return body(nil) }
    if bytes.isEmpty { return unsafe withUnsafeBytes(of: UInt8(0)) { unsafe body($0.baseAddress) } }
    return unsafe bytes.withUnsafeBytes { unsafe body($0.baseAddress) }
}
