import Synchronization

/// What belongs to a set of weights: how it came about.
struct Stamp: Sendable, Hashable {
    var updates = 0
    var signals = 0
    var baseline: Float?
}

/// The weights that readers see: whole sets in a few places, one of them current. A reader marks the place it reads; the
/// writer writes only where nobody reads and then makes that the current one. Neither ever waits for the other.
@safe
final class Published: Sendable {
    private let places: [Place]
    private let current = Atomic(0)

    /// One set: all of down, then all of up. `@unchecked`: who may touch it when is what this file is about.
    @safe
    private final class Place: @unchecked Sendable {
        let readers = Atomic(0)
        let weights: FloatStorage
        var stamp = Stamp()

        init(_ count: Int) { weights = FloatStorage(zeros: count) }
    }

    /// - Parameters:
    ///   - count: numbers of a set.
    ///   - readers: how many may be reading old sets while a new one can still be published.
    ///   - stamp: how the first set came about.
    init(count: Int, readers: Int, _ stamp: Stamp) {
        places = (0..<readers + 2).map { _ in Place(count) }
        places[0].stamp = stamp
    }

    /// The current set, for the one writer: nobody but it changes which one that is.
    var weights: UnsafeMutablePointer<Float> {
        unsafe places[current.load(ordering: .relaxed)].weights.base
    }

    /// Calls `body` with a set that does not change meanwhile.
    func read<Result>(_ body: (UnsafePointer<Float>, Stamp) -> Result) -> Result {
        while true {
            // in one order with the writer's store and load, or each could miss the other
            let index = current.load(ordering: .sequentiallyConsistent)
            let place = places[index]
            place.readers.wrappingAdd(1, ordering: .sequentiallyConsistent)
            defer { place.readers.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
            if current.load(ordering: .sequentiallyConsistent) == index {
                return unsafe body(place.weights.base, place.stamp)
            }
        }
    }

    /// Has the writer fill a set that nobody reads, and makes it the current one.
    ///
    /// - Returns: whether it was published: `body` may decline, and there may be a reader in every place.
    func publish(_ stamp: Stamp, _ body: (UnsafeMutablePointer<Float>) -> Bool) -> Publication {
        let now = current.load(ordering: .relaxed)
        for index in places.indices
        where index != now && places[index].readers.load(ordering: .sequentiallyConsistent) == 0 {
            guard unsafe body(places[index].weights.base) else { return .declined }
            places[index].stamp = stamp
            current.store(index, ordering: .sequentiallyConsistent)
            return .published
        }
        return .deferred
    }

    enum Publication {
        case published
        case declined
        case deferred
    }
}
