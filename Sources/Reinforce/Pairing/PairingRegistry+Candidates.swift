import JSON

extension PairingRegistry {
    /// The groups that a thread's records name.
    func groups(_ key: ThreadKey) -> [Text] {
        candidates(key, from: .min, to: .max).records.compactMap(\.place.groupID)
    }

    /// The records that may speak for one thread, in the order they were written.
    struct Candidates {
        let records: [Record]

        /// Pairs a thread: of what was written up to the claim the last counts; where that pairs nothing, the first that
        /// came later and does. What comes after that changes nothing any more. By the records' times, not by when they
        /// were read, so that a restart finds the same.
        ///
        /// - Parameters:
        ///   - places: what the trace says.
        ///   - claim: record time of the thread's GRAPH_START, milliseconds.
        /// - Returns: the pairing, and when it came; `.min` where the trace or an earlier record held it.
        func pairing(with places: [PairingPlace], claimedAt claim: Int64) throws(PairingFailure) -> (Pairing, Int64) {
            let earlier = records.last { $0.timestamp <= claim }
            var failure: PairingFailure
            do throws(PairingFailure) {
                guard let earlier else { return (try Pairing(places), .min) }
                return (try Pairing(places + [earlier.place]), .min)
            } catch {
                failure = error
            }
            // where the trace speaks, a record can only agree or contradict: nothing later mends it
            guard !places.contains(where: \.speaks) else { throw failure }
            for record in records where record.timestamp > claim {
                do throws(PairingFailure) {
                    return (try Pairing(places + [record.place]), record.timestamp)
                } catch {
                    failure = error
                }
            }
            throw failure
        }
    }
}
