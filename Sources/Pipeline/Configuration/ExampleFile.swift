internal import Files
internal import Foundation
internal import JSON
public import Problems
public import Reinforce
public import Settings

extension Settings {
    /// Reads the training examples and checks all that must hold of them before anything is trained on.
    ///
    /// - Throws: ``PipelineProblem`` that lists everything that is wrong.
    public func readExamples() throws(PipelineProblem) -> ExampleTable {
        guard !examples.file.isEmpty else {
            throw PipelineProblem(.usage, "no training examples are given: set examples.file or --examples FILE")
        }
        let (table, problems) = ExampleTable.read(lines: try readText(examples.file))
        guard problems.isEmpty else {
            let messages =
                problems.map { "\(examples.file) \($0)" } + weaknesses(of: table, examples.file, isWhole: false)
            throw PipelineProblem(.data, messages.joined(separator: "\n"))
        }
        try check(table, of: examples.file)
        return table
    }

    /// Checks what must hold of all examples together.
    func check(_ table: ExampleTable, of source: String) throws(PipelineProblem) {
        let messages = weaknesses(of: table, source, isWhole: true)
        guard messages.isEmpty else { throw PipelineProblem(.data, messages.joined(separator: "\n")) }
    }

    private func weaknesses(of table: ExampleTable, _ source: String, isWhole: Bool) -> [String] {
        var messages: [String] = []
        if stageConfiguration().rewards.needsLabels {
            messages += table.withoutLabels.map {
                "\(source): example `\($0.string)` has no label: every field of its data is an input, "
                    + "but the reward compares the answer with a label"
            }
        }
        if messages.isEmpty, isWhole, let problem = tooFewExamples(table.count, source) { messages.append(problem) }
        return messages
    }

    /// Why so many examples are not enough for a batch; nil: they are.
    func tooFewExamples(_ count: Int, _ source: String) -> String? {
        guard count < batches.groupsPerBatch, !batches.allowRepeats else { return nil }
        return "examples in \(source): \(count), fewer than batches.groups_per_batch (\(batches.groupsPerBatch)): "
            + "a batch would repeat some; add examples, or make batches smaller "
            + "(`--set batches.groups_per_batch=\(max(1, count))`), or set batches.allow_repeats"
    }
}

/// Reads a file of pairing records, one JSON object a line.
///
/// - Throws: ``PipelineProblem`` that lists every line that is wrong.
public func readRegistry(_ path: String) throws(PipelineProblem) -> PairingRegistry {
    let (registry, problems) = PairingRegistry.read(lines: try readText(path))
    guard problems.isEmpty else {
        throw PipelineProblem(.data, problems.map { "\(path) \($0)" }.joined(separator: "\n"))
    }
    return registry
}

/// A text file: decompressed where it is gzip or zstd, without a byte order mark.
///
/// - Throws: ``PipelineProblem`` where it cannot be read, or is UTF-16.
public func readText(_ path: String) throws(PipelineProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(InputError) {
        let source = try openPlain(path)
        while try source.read(into: &bytes, atMost: 1 << 20) > 0 {}
    } catch {
        throw PipelineProblem(.input, error.description)
    }
    return try withoutByteOrderMark(bytes, path == "-" ? "stdin" : path)
}

/// All bytes of a file.
public func readFile(_ path: String) throws(PipelineProblem) -> [UInt8] {
    do {
        return try FileBytes.contents(of: path)
    } catch {
        throw PipelineProblem(.input, "\(error)")
    }
}
