/// First in, first out; what was taken is let go at once.
package struct Queue<Element> {
    package init() {}

    private var elements: [Element?] = []
    private var next = 0

    package var count: Int { elements.count - next }
    package var isEmpty: Bool { count == 0 }
    /// What is in it, in order.
    package var all: some Sequence<Element> { elements[next...].lazy.compactMap { $0 } }

    package mutating func append(_ element: Element) { elements.append(element) }

    /// Takes the oldest one out.
    package mutating func popFirst() -> Element? {
        guard next < elements.count else { return nil }
        defer {
            next += 1
            if next == elements.count {
                elements.removeAll(keepingCapacity: next < 4096)
                next = 0
            } else if next >= 1024, next * 2 > elements.count {
                elements.removeFirst(next)
                next = 0
            }
        }
        return elements[next].take()
    }
}
