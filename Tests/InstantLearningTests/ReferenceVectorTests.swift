import JSON
import TestSupport
import Testing

@testable import InstantLearning
@testable import Reinforce

/// The reference mode is the original's arithmetic to the last bit.
@Suite struct ReferenceVectorTests {
    static let vectors: JSONValue? = try? Fixture.json("vectors/instant_loop.json")
    static let cases = vectors?["cases"].list ?? []

    @Test func thereAreTwelveCases() { #expect(Self.cases.count == 12) }

    @Test(arguments: 0..<12) func everyBitOfACaseIsEqual(_ index: Int) throws {
        let given = Self.cases[index]
        let loop = try InstantLoop {
            $0.mode = .reference
            $0.dimension = given["hidden_dim"].int ?? 0
            $0.rank = given["rank"].int ?? 0
            $0.learningRate = Float(given["lr"].number ?? .nan)
        }
        #expect(loop.adapter.down.map(\.bitPattern) == given["down_proj_hex"].bits)
        for (index, item) in given["trajectories"].list.enumerated() {
            let trajectory = QueryTrajectory(
                id: loop.nextID(),
                queryEmbedding: item["query_embedding"].floats,
                steps: item["steps"].list.map {
                    .init(activations: $0["activations"].floats, reward: Float($0["reward"].number ?? .nan))
                },
                finalQuality: Float(item["final_quality"].number ?? .nan)
            )
            let signal = try loop.signal(of: trajectory)
            #expect(signal.gradient.map(\.bitPattern) == given["gradients_hex"].list[index].bits)
            #expect(loop.record(trajectory).learning == .accumulated)
        }
        #expect(loop.gradients.count == given["update_count_before_apply"].int)
        #expect(loop.gradients.up.map(\.bitPattern) == given["grad_up_hex"].bits)
        #expect(loop.flush())
        #expect(loop.adapter.up.map(\.bitPattern) == given["up_proj_hex"].bits)
        #expect(loop.scale.bitPattern == UInt32(given["scale_hex"].text ?? "", radix: 16))
        var output = given["output_before"].floats
        try loop.forward(given["input"].floats, adding: &output)
        #expect(output.map(\.bitPattern) == given["output_scalar_hex"].bits)
    }

    @Test func downBeginsAsTheOriginals() throws {
        let given = try #require(Self.vectors?["init"])
        let loop = try InstantLoop {
            $0.dimension = given["hidden_dim"].int ?? 0
            $0.rank = given["rank"].int ?? 0
        }
        let down = loop.adapter.down.map(\.bitPattern)
        #expect(Array(down[..<8]) == given["down_first8_hex"].bits)
        #expect(Array(down[1024..<1032]) == given["down_1024_1032_hex"].bits)
        #expect(Array(down.suffix(4)) == given["down_last4_hex"].bits)
        let bytes = down.flatMap { bits in (0..<4).map { UInt8(truncatingIfNeeded: bits >> UInt32(8 * $0)) } }
        let digest = unsafe SHA256().hash(bytes.span.bytes)
        let text = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(text == given["sha256_le_f32"].text)
        #expect(loop.adapter.up.allSatisfy { $0 == 0 })
    }
}
