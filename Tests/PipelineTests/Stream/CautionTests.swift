import Testing

@testable import Pipeline

/// A record that ends the process every time does not stop its partition for ever.
@Suite struct CautionTests {
    @Test func aLifeWithoutProgressMakesTheNextOneMoreCareful() {
        var bytes: [UInt8] = []
        var steps: [Int?] = []
        for _ in 0..<4 {
            var life = Caution(decoding: bytes)
            steps.append(life.step)
            let decision = life.decide(7)
            #expect(decision == .note)
            // ends here: what was noted is what the next one finds
            bytes = life.encoded
        }
        #expect(steps == [nil, 1024, 32, 1])
    }

    /// Only tries with the record alone in hand count, and each is noted before it begins.
    @Test func aRecordThatHasEndedThreeLivesAloneIsGivenUp() {
        var bytes: [UInt8] = [3]
        for _ in 0..<3 {
            var life = Caution(decoding: bytes)
            let decision = life.decide(7)
            #expect(decision == .note)
            bytes = life.encoded
        }
        var last = Caution(decoding: bytes)
        let decision = last.decide(7)
        #expect(decision == .giveUp)
        let again = Caution(decoding: last.encoded)
        #expect(again.passes(7) && !again.passes(8))
        var later = again
        later.forget(below: 8)
        #expect(!later.passes(7))
    }

    /// Killed from outside in single steps, over and over, with progress between: nobody is blamed.
    @Test func progressBetweenKillsBlamesNobody() {
        var bytes: [UInt8] = [3]
        for offset in 0..<20 {
            var life = Caution(decoding: bytes)
            let decision = life.decide(Int64(offset))
            #expect(decision == .note)
            life.survived()
            bytes = life.encoded
        }
    }

    /// A life that ends before it has taken anything new blames nobody: what is read again has ended no process.
    @Test(arguments: [[], [1], [3]] as [[UInt8]]) func aLifeThatTakesNothingNewChangesNothing(_ bytes: [UInt8]) {
        #expect(Caution(decoding: bytes).encoded == bytes)
    }

    @Test func progressEndsTheTrial() {
        var life = Caution(decoding: [])
        #expect(life.mustNote)
        life.note()
        #expect(!life.mustNote && life.encoded == [1])
        life.survived()
        #expect(life.encoded == [])
        var careful = Caution(decoding: [3])
        for _ in 0..<31 { careful.survived() }
        #expect(careful.step == 1)
        careful.survived()
        #expect(careful.step == nil)
    }

    /// Whoever is restarted while nothing comes is not suspected.
    @Test func theEndOfThePartitionEndsTheTrial() {
        var life = Caution(decoding: [5])
        life.reachedEnd()
        #expect(life.encoded == [])
    }

    /// A restart that was killed over and over still reads what was read before at full speed.
    @Test(arguments: [UInt8(1), 3]) func whatIsReadAgainNeedsNoCare(_ level: UInt8) {
        let life = Caution(decoding: [level])
        #expect(life.step != nil)
        #expect(!life.isNear(200_000))
        #expect(life.isNear(1000) && life.isNear(0) && life.isNear(-5))
        #expect(!Caution(decoding: []).isNear(0))
    }
}
