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

    /// The sum of the lanes, in pairs: shorter chains than one after the other.
    @inline(__always)
    private static func sum(_ v: Lanes) -> Float {
        ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]))
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
        let (w0, w1, w2, w3) = (w[0], w[1], w[2], w[3])
        var index = 0
        while index + lanes <= count {
            var sum = unsafe (w0 * load(a0, index) + w1 * load(a1, index))
            unsafe sum += (w2 * load(a2, index) + w3 * load(a3, index))
            if adds { unsafe sum += load(out, index) }
            unsafe store(sum, out, index)
            index += lanes
        }
        while index < count {
            var sum = unsafe (w0 * a0[index] + w1 * a1[index])
            unsafe sum += (w2 * a2[index] + w3 * a3[index])
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
        var index = 0
        while index + lanes <= count {
            var sum = unsafe w * load(a, index)
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
        var sums = Lanes()
        var index = 0
        while index + lanes <= count {
            unsafe sums += load(a, index) * load(b, index)
            index += lanes
        }
        var total = sum(sums)
        while index < count {
            unsafe total += a[index] * b[index]
            index += 1
        }
        return total
    }

    /// Σ aᵢ·bᵢ and Σ cᵢ·dᵢ, in one walk.
    static func dots(
        _ a: UnsafePointer<Float>,
        _ b: UnsafePointer<Float>,
        _ c: UnsafePointer<Float>,
        _ d: UnsafePointer<Float>,
        _ count: Int
    ) -> (Float, Float) {
        var first = Lanes()
        var second = Lanes()
        var index = 0
        while index + lanes <= count {
            unsafe first += load(a, index) * load(b, index)
            unsafe second += load(c, index) * load(d, index)
            index += lanes
        }
        var (x, y) = (sum(first), sum(second))
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
        var gg = Lanes()
        var xx = Lanes()
        var xd = Lanes()
        var gu = Lanes()
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
        var sums = Products(gradient: sum(gg), query: sum(xx), down: sum(xd), up: sum(gu))
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
        var index = 0
        while index + lanes <= count {
            unsafe store(load(a, index) + s * load(x, index), a, index)
            unsafe store(load(b, index) + t * load(y, index), b, index)
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
        var squares = Lanes()
        var index = 0
        while index + lanes <= count {
            let value = unsafe (load(base, index) + s * load(gradient, index))
            squares += value * value
            unsafe store(value, out, index)
            unsafe store(Lanes(), gradient, index)
            index += lanes
        }
        var total = sum(squares)
        while index < count {
            let value = unsafe base[index] + s * gradient[index]
            total += value * value
            unsafe out[index] = value
            unsafe gradient[index] = 0
            index += 1
        }
        return total
    }

    /// Makes everything `factor` times as large.
    static func scale(_ values: UnsafeMutablePointer<Float>, _ factor: Float, _ count: Int) {
        for index in 0..<count { unsafe values[index] *= factor }
    }
}
