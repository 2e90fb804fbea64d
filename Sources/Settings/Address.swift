/// A host and a port, as `kafka-1:9092` or `[::1]:9092`.
enum Address {
    private static let listeners = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]

    /// What is wrong with a list of brokers, continuing "`key` …"; nil where nothing is.
    static func problem(withList text: String) -> String? {
        guard !text.isEmpty else { return "must not be empty: name at least one broker, as in localhost:9092" }
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            if entry.isEmpty { return "has an empty entry in `\(text)`: is there a comma too many?" }
            if entry.contains(where: \.isWhitespace) {
                return
                    "has a space in `\(text)`: write kafka-1:9092,kafka-2:9092, with a comma alone between two brokers"
            }
            if let problem = problem(with: String(entry), listeners: listeners) { return problem }
        }
        return nil
    }

    /// What is wrong with one address, continuing "`key` …"; nil where nothing is.
    ///
    /// - Parameter listeners: what may stand before `://`.
    static func problem(with text: String, listeners: [String] = []) -> String? {
        var rest = text[...]
        if let scheme = scheme(of: text) {
            guard listeners.contains(scheme.lowercased()) else {
                return "must be HOST:PORT, as in localhost:9092, without `\(scheme)://`: `\(text)` is a web address"
            }
            rest = rest.dropFirst(scheme.count + 3)
        }
        let host: Substring
        let port: Substring?
        if rest.first == "[" {
            host = rest.dropFirst().prefix { $0 != "]" }
            let behind = rest.dropFirst(host.count + 1)
            guard behind.first == "]" else { return "has no `]` behind the address in `\(text)`" }
            let colon = behind.dropFirst()
            guard colon.isEmpty || colon.first == ":" else {
                return "must be HOST:PORT, as in [::1]:9092, not `\(text)`"
            }
            port = colon.isEmpty ? nil : colon.dropFirst()
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else {
                return "must be HOST:PORT, not `\(text)`; an IPv6 address stands in brackets, as in [::1]:9092"
            }
            host = parts.first ?? ""
            port = parts.count == 2 ? parts[1] : nil
        }
        guard isHost(host) else {
            return "has no name of a host in `\(text)`: it must be HOST:PORT, as in localhost:9092"
        }
        guard let port, !port.isEmpty else {
            return "has no port in `\(text)`: write \(rest.first == "[" ? "[\(host)]" : host):9092"
        }
        guard let number = Int(port), (1...65_535).contains(number), port.allSatisfy(\.isNumber) else {
            return "has the port `\(port)` in `\(text)`: a port is a number from 1 to 65535"
        }
        return nil
    }

    /// Only this host can reach it.
    static func isLoopback(_ address: String) -> Bool {
        let host = address.lastIndex(of: ":").map { address[..<$0] } ?? ""
        let isNumeric = host.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
        return host == "localhost" || host == "[::1]" || (isNumeric && host.hasPrefix("127."))
    }

    /// Letters, digits and what stands between them in names and numeric addresses.
    static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || ".-_:%".contains($0) }
    }

    private static func scheme(of text: String) -> Substring? {
        let name = text.prefix { $0 != ":" }
        return text.dropFirst(name.count).hasPrefix("://") ? name : nil
    }
}
