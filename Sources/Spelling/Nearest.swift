/// The most similar of some names; nil where none is similar enough to be meant.
///
/// More than half of the shorter name must be right: `keep` for `kep`, but nothing for a `2` among `0` and `1`. An empty
/// name is never suggested.
public func nearest(to name: String, among known: some Sequence<String>) -> String? {
    let typed = Array(name.lowercased())
    var best: (name: String, distance: Int)?
    for candidate in known where !candidate.isEmpty {
        let letters = Array(candidate.lowercased())
        let allowed = min(max(2, typed.count / 3), (min(typed.count, letters.count) - 1) / 2)
        guard abs(typed.count - letters.count) <= allowed else { continue }
        let distance = editDistance(typed, letters)
        guard distance <= allowed else { continue }
        if let best, (best.distance, best.name) <= (distance, candidate) { continue }
        best = (candidate, distance)
    }
    return best?.name
}

/// `; did you mean …?` behind a message, or nothing where no name is similar.
public func suggestion(for name: String, among known: some Sequence<String>) -> String {
    nearest(to: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var before: [Int] = []
    var row = Array(0...b.count)
    for i in a.indices {
        var next = [i + 1]
        for j in b.indices {
            var best = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
            next.append(best)
        }
        (before, row) = (row, next)
    }
    return row[b.count]
}
