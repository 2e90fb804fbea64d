/// Records by partition, in the order they come; neighbours are mostly of one partition.
struct PartitionSplit {
    private(set) var all: [(key: Int64, records: [RecordLocation])] = []
    private var places: [Int64: Int] = [:]
    private var last = 0

    mutating func append(_ record: RecordLocation, of key: Int64) {
        if all.isEmpty || all[last].key != key {
            last = places[key] ?? all.count
            if last == all.count {
                places[key] = last
                all.append((key, []))
            }
        }
        all[last].records.append(record)
    }
}
