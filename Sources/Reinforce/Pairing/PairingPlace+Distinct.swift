extension [PairingPlace] {
    /// Of as many places as this some contradict each other: what may differ without a conflict can differ in so few ways.
    private static var enough: Int { 16 }

    /// Adds a place that names a pairing, unless one says the same already: saying it again changes nothing.
    mutating func add(_ place: PairingPlace) {
        guard place.speaks, count < Self.enough, !contains(place) else { return }
        append(place)
    }
}
