import Foundation
import InstantLearning
import JSON
import TestSupport
import Testing

/// `instant-loop` as a user runs it.
@Suite struct InstantLoopCommandTests {
    private func cases(_ folder: TemporaryFolder) throws -> [JSONValue] {
        let cases = try Fixture.json("vectors/instant_loop.json")["cases"]?.list ?? []
        let text = cases.map { $0.canonicalText + "\n" }.joined()
        try Data(text.utf8).write(to: URL(filePath: folder.file("cases.jsonl")))
        return cases
    }

    private func bits(_ value: JSONValue?) -> [UInt32] {
        value?.list.map { Float($0.number ?? .nan).bitPattern } ?? []
    }

    private func hex(_ value: JSONValue?) -> [UInt32] {
        value?.list.map { UInt32($0.text ?? "", radix: 16) ?? 0 } ?? []
    }

    @Test func theReferenceModePrintsTheVectorsToTheLastBit() throws {
        let folder = try TemporaryFolder()
        let cases = try cases(folder)
        let tool = try Tool("instant-loop", "--input", folder.file("cases.jsonl"), "--mode", "reference")
        #expect(tool.code == 0)
        let lines = try tool.out.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(lines.count == 12)
        for (line, given) in zip(lines, cases) {
            #expect(line["name"] == given["name"])
            #expect(bits(line["grad_up"]) == hex(given["grad_up_hex"]))
            #expect(bits(line["up_proj"]) == hex(given["up_proj_hex"]))
            #expect(bits(line["output"]) == hex(given["output_scalar_hex"]))
            #expect(line["gradients"]?.list.map { bits($0) } == given["gradients_hex"]?.list.map { hex($0) })
        }
    }

    @Test func theDefaultModeSaysWhatWasRejected() throws {
        let folder = try TemporaryFolder()
        _ = try cases(folder)
        let tool = try Tool("instant-loop", "--input", folder.file("cases.jsonl"))
        let lines = try tool.out.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(
            lines.first { $0["name"]?.text == "single_step_zero_gradient" }?["rejected"]
                == .array([.string("no_signal")])
        )
        #expect(lines.first { $0["name"]?.text == "two_step_dim4_rank1" }?["rejected"] == .array([.null]))
    }

    @Test func adaptersAreWritten() throws {
        let folder = try TemporaryFolder()
        _ = try cases(folder)
        let tool = try Tool(
            "instant-loop",
            "--input",
            folder.file("cases.jsonl"),
            "--out",
            folder.file("a.safetensors"),
            "--peft",
            folder.file("peft"),
            "--module",
            "m"
        )
        #expect(tool.code == 0)
        let adapter = try Adapter(safetensors: Safetensors(bytes: folder.bytes("a.safetensors")))
        #expect(adapter.dimension == 4)
        let peft = try Safetensors(bytes: folder.bytes("peft/adapter_model.safetensors"))
        #expect(peft.tensors["base_model.model.m.lora_A.weight"]?.values == adapter.down)
        #expect(try JSONValue(parsing: folder.bytes("peft/adapter_config.json"))["r"] == .integer(1))
    }

    @Test(arguments: [
        ("{", "line 1 is not JSON"), (#"{"rank":1}"#, "`hidden_dim` must be a whole number"),
        (#"{"hidden_dim":4,"rank":17,"lr":1,"trajectories":[]}"#, "rank is 17: it must be from 1 to 16"),
        (#"{"hidden_dim":4,"rank":1,"lr":1,"trajectories":[],"input":[1]}"#, "both must have the loop's dimension, 4"),
        (#"{"hidden_dim":4,"rank":1,"lr":1,"trajectories":[{"query_embedding":[1,"x"]}]}"#, "query_embedding[1]"),
    ])
    func aBrokenCaseIsNamed(_ line: String, _ message: String) throws {
        let folder = try TemporaryFolder()
        try Data(line.utf8).write(to: URL(filePath: folder.file("c")))
        let tool = try Tool("instant-loop", "--input", folder.file("c"))
        #expect(tool.code == 65)
        #expect(tool.error.contains(message))
    }
}
