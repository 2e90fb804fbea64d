/// A value in a YAML file, and its line.
struct YAMLNode: Hashable {
    enum Kind: Hashable {
        /// Its text; quoted text is never a number or null.
        case scalar(String, isQuoted: Bool)
        case list([YAMLNode])
        /// In the order of the file; a key may be given twice.
        case map([Entry])
    }

    struct Entry: Hashable {
        let key: String
        let line: Int
        let value: YAMLNode
    }

    let kind: Kind
    /// From 1.
    let line: Int

    /// The text of a scalar; null is empty.
    var text: String? {
        guard case .scalar(let text, let isQuoted) = kind else { return nil }
        return !isQuoted && ["null", "~", "Null", "NULL"].contains(text) ? "" : text
    }

    /// What it is, for a message.
    var description: String {
        switch kind {
        case .scalar(let text, _): "`\(text)`"
        case .list: "a list"
        case .map: "a map"
        }
    }
}

/// YAML that cannot be read.
struct YAMLError: Error, Hashable {
    let line: Int
    let message: String
}
