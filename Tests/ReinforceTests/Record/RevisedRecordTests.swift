import JSON
import Testing

@testable import Reinforce

/// A group that takes the place of one that was written before says so in both forms.
@Suite struct RevisedRecordTests {
    @Test(arguments: [BatchConfiguration.Format.json, .protobuf])
    func aRevisionNamesWhatItSupersedes(_ format: BatchConfiguration.Format) throws {
        let group = try read(MadeGroup.decided().revised(2, superseding: "abc"), format)
        #expect(group["revision"] == .integer(2))
        #expect(group["supersedes"] == .string("abc"))
    }

    @Test(arguments: [BatchConfiguration.Format.json, .protobuf])
    func theFirstTimeThereIsNothingToSupersede(_ format: BatchConfiguration.Format) throws {
        let group = try read(MadeGroup.decided(), format)
        #expect(group["revision"] == .integer(0))
        #expect(group["supersedes"] == .null)
    }

    private func read(_ group: DecidedGroup, _ format: BatchConfiguration.Format) throws -> JSONValue {
        var configuration = BatchConfiguration()
        configuration.groupsPerBatch = 1
        configuration.format = format
        var composer = BatchComposer(configuration)
        let renderer = GroupRenderer(.dashflow, configuration, topics: ["t"])
        let batch = try #require(composer.add(renderer.render(group)).ready.first)
        let bytes = batch.encoded(sequence: 0, estimator: .dashflow, configuration)
        let value = format == .json ? try JSONValue(parsing: bytes) : try JSONValue(trainingBatch: bytes)
        guard case .array(let groups)? = value["groups"], let group = groups.first else {
            throw JSONError(.unexpectedEnd, at: 0)
        }
        return group
    }
}
