import Testing

@testable import Kafka

/// librdkafka's written form of a member.
@Suite struct GroupMetadataTests {
    private func written(_ generation: Int32, _ names: [String], magic: String = "CGMDv2:") -> [UInt8] {
        var bytes = Array(magic.utf8)
        unsafe withUnsafeBytes(of: generation) { unsafe bytes.append(contentsOf: $0) }
        for name in names { bytes += Array(name.utf8) + [0] }
        return bytes
    }

    @Test func aMemberIsRead() {
        let metadata = GroupMetadata(written: written(7, ["g", "m-1", "instance"]))
        #expect(metadata?.group == "g")
        #expect(metadata?.generation == 7)
        #expect(metadata?.member == "m-1")
        #expect(GroupMetadata(written: written(0, ["g", "m-1"]))?.generation == 0)
    }

    @Test func whoIsNobodyIsNone() {
        #expect(GroupMetadata(written: written(-1, ["g", ""])) == nil)
        #expect(GroupMetadata(written: written(3, ["g", ""])) == nil)
        #expect(GroupMetadata(written: written(-1, ["g", "m"])) == nil)
    }

    @Test func whatIsNotThatFormIsNone() {
        #expect(GroupMetadata(written: []) == nil)
        #expect(GroupMetadata(written: written(3, ["g", "m"], magic: "CGMDv9:")) == nil)
        #expect(GroupMetadata(written: written(3, ["g"])) == nil)
        #expect(GroupMetadata(written: Array("CGMDv2:ab".utf8)) == nil)
    }
}
