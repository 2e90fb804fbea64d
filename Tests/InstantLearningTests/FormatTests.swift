import JSON
import TestSupport
import Testing

@testable import InstantLearning

@Suite struct FormatTests {
    private func adapter(dimension: Int = 6, rank: Int = 2) throws -> Adapter {
        let loop = try InstantLoop {
            $0.dimension = dimension
            $0.rank = rank
        }
        var numbers = Numbers(1)
        for _ in 0..<3 { loop.record(numbers.trajectory(dimension: dimension)) }
        loop.flush()
        return loop.adapter
    }

    @Test func aFileIsLengthCanonicalHeaderAndNumbers() throws {
        let file = Safetensors(
            tensors: ["b": try .init(shape: [2], values: [1, -2]), "a": try .init(shape: [1, 1], values: [0.5])],
            metadata: ["rank": "1", "format": "pt"]
        )
        let header =
            #"{"__metadata__":{"format":"pt","rank":"1"},"a":{"data_offsets":[0,4],"dtype":"F32","shape":[1,1]},"#
            + #""b":{"data_offsets":[4,12],"dtype":"F32","shape":[2]}}"#
        let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: padded.utf8.count >> (8 * $0)) }
        let numbers: [UInt8] = [0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
        #expect(file.bytes == length + Array(padded.utf8) + numbers)
        #expect(try Safetensors(bytes: file.bytes) == file)
    }

    @Test func lorasBIsUpTransposed() throws {
        let adapter = try adapter()
        let file = adapter.safetensors(metadata: ["tenant": "t", "rank": "99"])
        #expect(file.tensors["lora_A"]?.shape == [2, 6])
        #expect(file.tensors["lora_A"]?.values == adapter.down)
        #expect(file.tensors["lora_B"]?.shape == [6, 2])
        let b = file.tensors["lora_B"]?.values ?? []
        for i in 0..<6 { for r in 0..<2 { #expect(b[i * 2 + r] == adapter.up[r * 6 + i]) } }
        #expect(file.metadata["rank"] == "2")
        #expect(file.metadata["scale"] == "0.70710677")
        #expect(file.metadata["updates"] == "1")
        #expect(file.metadata["tenant"] == "t")
        #expect(try Adapter(safetensors: file) == adapter)
    }

    @Test func thePeftFolderHasItsTwoFiles() throws {
        let files = try adapter().peftFolder(module: "encoder.linear", baseModel: "base")
        #expect(files.map(\.name) == ["adapter_config.json", "adapter_model.safetensors"])
        let configuration = try JSONValue(parsing: files[0].bytes)
        #expect(configuration["r"] == .integer(2))
        #expect(configuration["lora_alpha"] == .integer(1))
        #expect(configuration["use_rslora"] == .bool(true))
        #expect(configuration["target_modules"] == .array([.string("encoder.linear")]))
        let weights = try Safetensors(bytes: files[1].bytes)
        #expect(
            weights.tensors.keys.sorted() == [
                "base_model.model.encoder.linear.lora_A.weight", "base_model.model.encoder.linear.lora_B.weight",
            ]
        )
    }

    /// A file with another header over the same eight bytes of numbers.
    private func file(_ header: String, numbers: Int = 8) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: numbers)
    }

    static let brokenHeaders = [
        "", "[]", "{", #"{"a":1}"#, #"{"a":{"dtype":"F32","shape":[2]}}"#,
        #"{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"__metadata__":{"rank":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    ]

    @Test(arguments: 0..<16) func aBrokenHeaderIsAnError(_ index: Int) {
        #expect(throws: SafetensorsError.self) { try Safetensors(bytes: file(Self.brokenHeaders[index])) }
    }

    @Test func aFileCutAnywhereIsAnError() throws {
        let bytes = try adapter().safetensors().bytes
        for count in 0..<bytes.count {
            #expect(throws: SafetensorsError.self) { try Safetensors(bytes: Array(bytes[..<count])) }
        }
        #expect(throws: SafetensorsError.self) { try Safetensors(bytes: bytes + [0]) }
        #expect(throws: SafetensorsError.self) { try Safetensors(bytes: [UInt8](repeating: 0xFF, count: 64)) }
    }

    @Test func anAdapterThatDoesNotFitIsAnError() throws {
        let good = try adapter().safetensors()
        func check(_ change: (inout Safetensors) throws -> Void) throws {
            var file = good
            try change(&file)
            #expect(throws: SafetensorsError.self) { try Adapter(safetensors: file) }
        }
        try check { $0.tensors["lora_A"] = nil }
        try check { $0.tensors["lora_B"] = try .init(shape: [2, 6], values: .init(repeating: 0, count: 12)) }
        try check { $0.tensors["lora_A"] = try .init(shape: [12], values: .init(repeating: 0, count: 12)) }
        try check { $0.tensors["lora_A"] = try .init(shape: [2, 6], values: .init(repeating: .nan, count: 12)) }
        try check { $0.metadata["updates"] = "many" }
        #expect(throws: SafetensorsError.self) { try Safetensors.Tensor(shape: [2], values: [1]) }
    }

    private func buffer() throws -> TrajectoryBuffer {
        var buffer = try TrajectoryBuffer(capacity: 3, overflow: .dropOldest)
        var numbers = Numbers(2)
        for id in 1...5 {
            var trajectory = numbers.trajectory(UInt64(id), dimension: 4, steps: id % 3)
            trajectory.latency = .microseconds(id)
            trajectory.modelRoute = id % 2 == 0 ? "route €" : nil
            trajectory.contextIDs = (0..<id).map { "c\($0)" }
            if !trajectory.steps.isEmpty {
                trajectory.steps[0].layerName = "l"
                trajectory.steps[0].attentionWeights = [0.25]
            }
            _ = buffer.offer(trajectory)
        }
        return buffer
    }

    @Test func aBufferComesBackAsItWas() throws {
        let buffer = try buffer()
        let read = try TrajectoryBuffer(decoding: buffer.encoded)
        #expect(read == buffer)
        #expect(read.contents.map(\.id) == [3, 4, 5])
        #expect(read.dropped == 2)
        #expect(read.successRate == 0.6)
    }

    @Test func bytesOfABufferCutOrChangedAreNoCrash() throws {
        let bytes = try buffer().encoded
        for count in 0..<bytes.count {
            #expect(throws: InstantLoopError.self) { try TrajectoryBuffer(decoding: Array(bytes[..<count])) }
        }
        for index in bytes.indices {
            for value: UInt8 in [0, 0x7F, 0x80, 0xFF] {
                var changed = bytes
                changed[index] = value
                // some changes are other numbers: those are read, and can be used
                if let read = try? TrajectoryBuffer(decoding: changed) { #expect(read.encoded.count > 0) }
            }
        }
    }
}

@Suite struct TrajectoryBufferTests {
    private func item(_ id: UInt64) -> QueryTrajectory { .init(id: id, queryEmbedding: [], finalQuality: 1) }

    @Test(arguments: [1, 2, 63, 64, 65, 200]) func everyTrajectoryIsThereTakenOrDropped(_ capacity: Int) throws {
        for overflow in Overflow.allCases {
            var buffer = try TrajectoryBuffer(capacity: capacity, overflow: overflow)
            var expected: [UInt64] = []
            var taken = 0
            var numbers = Numbers(UInt64(capacity))
            #expect(buffer.successRate == 1)
            for id in 0..<1000 as Range<UInt64> {
                let keeping = buffer.offer(item(id))
                if expected.count < capacity {
                    #expect(keeping == .kept)
                    expected.append(id)
                } else if overflow == .dropNewest {
                    #expect(keeping == .dropped)
                } else {
                    #expect(keeping == .replaced(expected.removeFirst()))
                    expected.append(id)
                }
                if numbers.next() > 0.8 {
                    let limit = Int((numbers.next() + 1) * 40)
                    let out = buffer.drain(upTo: limit).map(\.id)
                    #expect(out == Array(expected.prefix(limit)))
                    expected.removeFirst(out.count)
                    taken += out.count
                }
                #expect(buffer.count == expected.count)
            }
            #expect(buffer.contents.map(\.id) == expected)
            #expect(buffer.offered == 1000)
            #expect(buffer.dropped + taken + buffer.count == 1000)
            #expect((0...1).contains(buffer.successRate))
            #expect(buffer.drain(upTo: -1).isEmpty)
            #expect(buffer.drain().map(\.id) == expected)
        }
    }
}
