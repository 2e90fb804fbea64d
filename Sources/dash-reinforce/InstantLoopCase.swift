import InstantLearning
import JSON
import Pipeline
import Problems

/// One case of `instant-loop`: a loop's shape, what it records, and the input that is put through it afterwards.
struct InstantLoopCase {
    private let name: String
    private let configuration: InstantLoop.Configuration
    private let trajectories: [QueryTrajectory]
    private let input: [Float]?
    private let before: [Float]?

    init(_ line: [UInt8], _ place: String) throws(PipelineProblem) {
        let value: JSONValue
        do { value = try JSONValue(parsing: line) } catch {
            throw PipelineProblem(.data, "\(place) is not JSON: \(error)")
        }
        let reader = CaseReader(place: place)
        if case .string(let text)? = value["name"] { name = text.string } else { name = "" }
        var configuration = InstantLoop.Configuration()
        configuration.dimension = try reader.integer(value["hidden_dim"], "hidden_dim")
        configuration.rank = try reader.integer(value["rank"], "rank")
        configuration.learningRate = try reader.number(value["lr"], "lr")
        configuration.flushThreshold = .max
        self.configuration = configuration
        var trajectories: [QueryTrajectory] = []
        for (index, item) in try reader.list(value["trajectories"], "trajectories").enumerated() {
            trajectories.append(try reader.trajectory(item, "trajectories[\(index)]", UInt64(index + 1)))
        }
        self.trajectories = trajectories
        input = try value["input"].map { input throws(PipelineProblem) in try reader.floats(input, "input") }
        before = try value["output_before"].map { before throws(PipelineProblem) in
            try reader.floats(before, "output_before")
        }
    }

    func run(_ mode: InstantLoop.Mode, _ place: String) throws(PipelineProblem) -> (line: String, adapter: Adapter) {
        do throws(InstantLoopError) { return try run(mode) } catch {
            throw PipelineProblem(.data, "\(place): \(error)")
        }
    }

    private func run(_ mode: InstantLoop.Mode) throws(InstantLoopError) -> (line: String, adapter: Adapter) {
        var configuration = configuration
        configuration.mode = mode
        configuration.bufferCapacity = max(1, trajectories.count)
        let loop = try InstantLoop(configuration)
        var signals: [[Float]?] = []
        var rejections: [Rejection?] = []
        for trajectory in trajectories {
            signals.append(try? loop.signal(of: trajectory).gradient)
            if case .rejected(let reason) = loop.record(trajectory).learning {
                rejections.append(reason)
            } else {
                rejections.append(nil)
            }
        }
        let gradients = loop.gradients
        loop.flush()
        let adapter = loop.adapter
        var output: [Float]?
        if let input {
            var sum = before ?? [Float](repeating: 0, count: configuration.dimension)
            try loop.forward(input, adding: &sum)
            output = sum
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        writer.key("gradients")
        writer.beginArray()
        for signal in signals { writer.floats(signal) }
        writer.endArray()
        writer.key("grad_up")
        writer.floats(gradients.up)
        writer.key("up_proj")
        writer.floats(adapter.up)
        writer.key("output")
        writer.floats(output)
        if mode == .corrected {
            writer.key("grad_down")
            writer.floats(gradients.down)
            writer.key("down_proj")
            writer.floats(adapter.down)
            writer.key("rejected")
            writer.beginArray()
            for rejection in rejections {
                if let rejection { writer.string(rejection.rawValue) } else { writer.null() }
            }
            writer.endArray()
        }
        writer.endObject()
        return (String(decoding: writer.bytes, as: UTF8.self) + "\n", adapter)
    }
}

extension JSONWriter {
    /// Float32 numbers in their shortest form; null where there is none, or it is not finite.
    fileprivate mutating func floats(_ values: [Float]?) {
        guard let values else { return null() }
        beginArray()
        for value in values { if value.isFinite { raw(Array(value.description.utf8)) } else { null() } }
        endArray()
    }
}

/// Reads a case's values, and says where one is wrong.
private struct CaseReader {
    let place: String

    func problem(_ path: String, _ wanted: String) -> PipelineProblem {
        PipelineProblem(.data, "\(place): `\(path)` must be \(wanted)")
    }

    func number(_ value: JSONValue?, _ path: String) throws(PipelineProblem) -> Float {
        guard let number = value?.asNumber else { throw problem(path, "a number") }
        return Float(number)
    }

    func integer(_ value: JSONValue?, _ path: String) throws(PipelineProblem) -> Int {
        guard case .integer(let number)? = value else { throw problem(path, "a whole number") }
        return Int(number)
    }

    func list(_ value: JSONValue?, _ path: String) throws(PipelineProblem) -> [JSONValue] {
        guard case .array(let elements)? = value else { throw problem(path, "a list") }
        return elements
    }

    func floats(_ value: JSONValue?, _ path: String) throws(PipelineProblem) -> [Float] {
        var numbers: [Float] = []
        for (index, element) in try list(value, path).enumerated() {
            numbers.append(try number(element, "\(path)[\(index)]"))
        }
        return numbers
    }

    func trajectory(_ value: JSONValue, _ path: String, _ id: UInt64) throws(PipelineProblem) -> QueryTrajectory {
        var trajectory = QueryTrajectory(
            id: id,
            queryEmbedding: try floats(value["query_embedding"], "\(path).query_embedding"),
            finalQuality: try number(value["final_quality"], "\(path).final_quality")
        )
        for (index, step) in try list(value["steps"] ?? .array([]), "\(path).steps").enumerated() {
            let at = "\(path).steps[\(index)]"
            trajectory.steps.append(
                TrajectoryStep(
                    activations: try floats(step["activations"], "\(at).activations"),
                    reward: try number(step["reward"], "\(at).reward"),
                    index: index
                )
            )
        }
        return trajectory
    }
}
