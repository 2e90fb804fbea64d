import Testing

@testable import Pipeline

/// A record that ends the process every time does not stop its partition for ever.
@Suite struct CautionTests {
    @Test func aLifeWithoutProgressMakesTheNextOneMoreCareful() {
        var bytes: [UInt8] = []
        var steps: [Int?] = []
        for _ in 0..<3 {
            let life = Caution(decoding: bytes)
            steps.append(life.step)
            // ends here: what was marked at its start is what the next one finds
            bytes = life.encoded
        }
        #expect(steps == [nil, 256, 1])
        var fourth = Caution(decoding: bytes)
        let first = fourth.givesUp()
        let second = fourth.givesUp()
        #expect(first && !second)
        #expect(fourth.encoded == [])
    }

    @Test func progressEndsTheTrial() {
        var life = Caution(decoding: [])
        #expect(life.encoded == [1])
        life.survived()
        #expect(life.encoded == [])
        var careful = Caution(decoding: [2])
        for _ in 0..<511 { careful.survived() }
        #expect(careful.step == 1)
        careful.survived()
        #expect(careful.step == nil)
    }

    /// Whoever is restarted while nothing comes is not suspected.
    @Test func theEndOfThePartitionEndsTheTrial() {
        var life = Caution(decoding: [2])
        life.reachedEnd()
        #expect(life.encoded == [])
        let givesUp = life.givesUp()
        #expect(!givesUp)
    }
}
