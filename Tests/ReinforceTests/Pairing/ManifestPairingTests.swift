import JSON
import Testing

@testable import Reinforce

/// A pairing that stands in GRAPH_START's manifest. Most manifests have none, and are told so without being parsed.
@Suite struct ManifestPairingTests {
    private func place(_ manifest: String, at pointer: Text) throws -> PairingPlace? {
        let bytes = Array(manifest.utf8)
        return PairingPlace(manifest: unsafe bytes.span.bytes, at: try JSONPointer(pointer))
    }

    @Test(arguments: [
        #"{"metadata":{"custom":{"example_id":"e"}}}"#,
        #"{"edges":{"metadata":"meta"},"metadata":{"custom":{"example_id":"e"}}}"#,
        // any letter may be escaped
        #"{"\u006detadata":{"custom":{"example_id":"e"}}}"#,
        #"{"m\u0065tadata":{"c\u0075stom":{"example_id":"e"}}}"#,
    ])
    func aPlaceIsFoundHoweverItIsSpelt(_ manifest: String) throws {
        #expect(try place(manifest, at: "/metadata/custom")?.exampleID == "e")
    }

    @Test(arguments: [
        #"{"nodes":{"plan":{}}}"#, #"{"metadat":{"custom":{"example_id":"e"}}}"#, #"{"metadata":{}}"#,
        #"{"m":"\\","custom":{"example_id":"e"}}"#, "", "m", #"{"metadata":"#,
    ])
    func noneIsFoundWhereThereIsNone(_ manifest: String) throws {
        #expect(try place(manifest, at: "/metadata/custom") == nil)
    }

    @Test func aPointerMayBeginWithAnIndexOrBeEmpty() throws {
        #expect(try place(#"[{},{"example_id":"e"}]"#, at: "/1")?.exampleID == "e")
        #expect(try place(#"{"example_id":"e"}"#, at: "")?.exampleID == "e")
        #expect(try place(#"{"":{"example_id":"e"}}"#, at: "/")?.exampleID == "e")
    }
}
