/// The default mode's arithmetic, eight lanes at a time. Sums have one fixed order, so the same input gives the same bits.
enum Kernel {
    typealias Lanes = SIMD8<Float>
    static let lanes = 8

    @inline(__always)
    private static func load(_ base: UnsafePointer<Float>, _ index: Int) -> Lanes {
        unsafe UnsafeRawPointer(base + index).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private static func store(_ value: Lanes, _ base: UnsafeMutablePointer<Float>, _ index: Int) {
        unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: value, as: Lanes.self)
    }

    /// out = w₀·a₀ + w₁·a₁ + w₂·a₂ + w₃·a₃, added to what is there where `adds`.
    static func combine(
        _ out: UnsafeMutablePointer<Float>,
        _ a0: UnsafePointer<Float>,
        _ a1: UnsafePointer<Float>,
        _ a2: UnsafePointer<Float>,
        _ a3: UnsafePointer<Float>,
        _ w: SIMD4<Float>,
        _ count: Int,
        adds: Bool
    ) {
        let w0 = Lanes(repeating: w[0])
        let w1 = Lanes(repeating: w[1])
        let w2 = Lanes(repeating: w[2])
        let w3 = Lanes(repeating: w[3])
        var index = 0
        while index + lanes <= count {
            var sum = unsafe (w0 * load(a0, index) + w1 * load(a1, index))
            unsafe sum += (w2 * load(a2, index) + w3 * load(a3, index))
            if adds { unsafe sum += load(out, index) }
            unsafe store(sum, out, index)
            index += lanes
        }
        while index < count {
            var sum = unsafe (w[0] * a0[index] + w[1] * a1[index])
            unsafe sum += (w[2] * a2[index] + w[3] * a3[index])
            if adds { unsafe sum += out[index] }
            unsafe out[index] = sum
            index += 1
        }
    }

    /// out = w·a, added to what is there where `adds`.
    static func combine(
        _ out: UnsafeMutablePointer<Float>,
        _ a: UnsafePointer<Float>,
        _ w: Float,
        _ count: Int,
        adds: Bool
    ) {
        let weight = Lanes(repeating: w)
        var index = 0
        while index + lanes <= count {
            var sum = unsafe weight * load(a, index)
            if adds { unsafe sum += load(out, index) }
            unsafe store(sum, out, index)
            index += lanes
        }
        while index < count {
            unsafe out[index] = w * a[index] + (adds ? out[index] : 0)
            index += 1
        }
    }

    /// Σ aᵢ·bᵢ
    static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
        var sums = Lanes.zero
        var index = 0
        while index + lanes <= count {
            unsafe sums += load(a, index) * load(b, index)
            index += lanes
        }
        var sum = sums.sum()
        while index < count {
            unsafe sum += a[index] * b[index]
            index += 1
        }
        return sum
    }

    /// Σ aᵢ·bᵢ and Σ cᵢ·dᵢ, in one walk.
    static func dots(
        _ a: UnsafePointer<Float>,
        _ b: UnsafePointer<Float>,
        _ c: UnsafePointer<Float>,
        _ d: UnsafePointer<Float>,
        _ count: Int
    ) -> (Float, Float) {
        var first = Lanes.zero
        var second = Lanes.zero
        var index = 0
        while index + lanes <= count {
            unsafe first += load(a, index) * load(b, index)
            unsafe second += load(c, index) * load(d, index)
            index += lanes
        }
        var (x, y) = (first.sum(), second.sum())
        while index < count {
            unsafe x += a[index] * b[index]
            unsafe y += c[index] * d[index]
            index += 1
        }
        return (x, y)
    }

    /// What one walk over the gradient, the query and a rank's two rows gives.
    struct Products {
        /// g·g
        var gradient: Float
        /// x·x
        var query: Float
        /// x·down
        var down: Float
        /// g·up
        var up: Float
    }

    /// The products of the first rank, and the squares that show whether everything is finite.
    static func products(
        gradient: UnsafePointer<Float>,
        query: UnsafePointer<Float>,
        down: UnsafePointer<Float>,
        up: UnsafePointer<Float>,
        _ count: Int
    ) -> Products {
        var gg = Lanes.zero
        var xx = Lanes.zero
        var xd = Lanes.zero
        var gu = Lanes.zero
        var index = 0
        while index + lanes <= count {
            let g = unsafe load(gradient, index)
            let x = unsafe load(query, index)
            gg += g * g
            xx += x * x
            unsafe xd += x * load(down, index)
            unsafe gu += g * load(up, index)
            index += lanes
        }
        var sums = Products(gradient: gg.sum(), query: xx.sum(), down: xd.sum(), up: gu.sum())
        while index < count {
            let g = unsafe gradient[index]
            let x = unsafe query[index]
            sums.gradient += g * g
            sums.query += x * x
            unsafe sums.down += x * down[index]
            unsafe sums.up += g * up[index]
            index += 1
        }
        return sums
    }

    /// a += s·x and b += t·y, in one walk.
    static func addScaled(
        _ a: UnsafeMutablePointer<Float>,
        _ s: Float,
        _ x: UnsafePointer<Float>,
        _ b: UnsafeMutablePointer<Float>,
        _ t: Float,
        _ y: UnsafePointer<Float>,
        _ count: Int
    ) {
        let first = Lanes(repeating: s)
        let second = Lanes(repeating: t)
        var index = 0
        while index + lanes <= count {
            unsafe store(load(a, index) + first * load(x, index), a, index)
            unsafe store(load(b, index) + second * load(y, index), b, index)
            index += lanes
        }
        while index < count {
            unsafe a[index] += s * x[index]
            unsafe b[index] += t * y[index]
            index += 1
        }
    }

    /// out = base + s·gradient, and the gradient zero again. Returns Σ outᵢ², which is finite where all of `out` is.
    static func step(
        _ out: UnsafeMutablePointer<Float>,
        _ base: UnsafePointer<Float>,
        _ s: Float,
        _ gradient: UnsafeMutablePointer<Float>,
        _ count: Int
    ) -> Float {
        let scale = Lanes(repeating: s)
        var squares = Lanes.zero
        var index = 0
        while index + lanes <= count {
            let value = unsafe (load(base, index) + scale * load(gradient, index))
            squares += value * value
            unsafe store(value, out, index)
            unsafe store(.zero, gradient, index)
            index += lanes
        }
        var sum = squares.sum()
        while index < count {
            let value = unsafe base[index] + s * gradient[index]
            sum += value * value
            unsafe out[index] = value
            unsafe gradient[index] = 0
            index += 1
        }
        return sum
    }

    /// Makes everything `factor` times as large.
    static func scale(_ values: UnsafeMutablePointer<Float>, _ factor: Float, _ count: Int) {
        for index in 0..<count { unsafe values[index] *= factor }
    }
}
