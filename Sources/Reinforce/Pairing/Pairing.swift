public import JSON

/// Whom a thread belongs to, by keys from the wire: never by its position anywhere.
public struct Pairing: Hashable, Sendable {
    /// The training example.
    public let exampleID: Text
    /// The group its reward is compared within.
    public let groupID: Text
    /// Its slot in the group, from 0.
    public let rolloutIndex: Int
    /// How many rollouts the group is meant to have.
    public let groupSize: Int
    /// The policy that acted, as text.
    public let policyVersion: Text
    /// Which try at its slot this is; 0 where nothing says.
    public let attempt: Int
    /// A label of the run.
    public let runID: Text?
    /// False: counted, never given to the trainer.
    public let trainable: Bool
}

/// Why a thread could not be paired, in the order of precedence.
public enum PairingFailure: Error, Hashable, Sendable {
    /// Places disagree.
    case conflicting
    /// No place says anything.
    case unpaired
    /// A number is missing, malformed or out of range, or there is no policy version.
    case invalid
}

extension Pairing {
    /// Pairs a thread from everything that speaks for it.
    ///
    /// - Parameter places: those of the trace in order, and the registry's record.
    /// - Throws: the first problem in the order conflicting, unpaired, invalid.
    public init(_ places: [PairingPlace]) throws(PairingFailure) {
        guard let start = places.firstIndex(where: \.speaks) else { throw .unpaired }
        let first = places[start]
        guard places[(start + 1)...].contains(where: \.speaks) else {
            try self.init(first, first.attempt, first.runID, first.trainable)
            return
        }
        let speaking = places.filter(\.speaks)
        for other in speaking.dropFirst() where !first.requiredFieldsAgree(with: other) { throw .conflicting }
        let attempts = Set(speaking.map(\.attempt).filter { $0 != .missing })
        let runs = Set(speaking.compactMap(\.runID))
        let trainables = Set(speaking.compactMap(\.trainable))
        guard attempts.count <= 1, runs.count <= 1, trainables.count <= 1 else { throw .conflicting }
        try self.init(first, attempts.first ?? .missing, runs.first, trainables.first)
    }

    /// From one place, and what all together say beyond it.
    private init(_ first: PairingPlace, _ attempted: PairingPlace.Number, _ run: Text?, _ trainable: Bool?)
        throws(PairingFailure)
    {
        guard case .value(let index) = first.rolloutIndex, case .value(let size) = first.groupSize,
            let policy = first.policyVersion, let exampleID = first.exampleID, let groupID = first.groupID,
            size >= 1, size <= Int64(Int32.max), index >= 0, index < size
        else { throw .invalid }
        var attempt: Int64 = 0
        switch attempted {
        case .missing: break
        case .malformed: throw .invalid
        case .value(let number):
            guard number >= 0, number <= Int64(Int32.max) else { throw .invalid }
            attempt = number
        }
        self.init(
            exampleID: exampleID,
            groupID: groupID,
            rolloutIndex: Int(index),
            groupSize: Int(size),
            policyVersion: policy,
            attempt: Int(attempt),
            runID: run,
            trainable: trainable ?? true
        )
    }
}

extension PairingPlace {
    fileprivate func requiredFieldsAgree(with other: PairingPlace) -> Bool {
        exampleID == other.exampleID && groupID == other.groupID && rolloutIndex == other.rolloutIndex
            && groupSize == other.groupSize && policyVersion == other.policyVersion
    }
}
