/// An array in pages of 2,048 elements: a copy shares every page until one of the two changes it.
///
/// Why: a snapshot is encoded from a copy of the state while intake goes on. With one buffer the first change behind
/// the copy would move all of it, tens of milliseconds at 100,000 homes; so it moves one page, in some microseconds.
/// Not smaller ones: each access looks at its page's header, and those of a million keys should lie in the nearest
/// caches. Law: as an array's. Cost: one more indirection an access; a copy that is then changed costs 8 B a page, and
/// the page. It is public, since `@inlinable` reaches across targets for that alone: as `package` each access was a
/// call of unspecialised code, and a record cost three times as much.
public struct Paged<Element: Sendable>: Sendable {
    @usableFromInline var pages: ContiguousArray<ContiguousArray<Element>> = []
    @usableFromInline var length = 0

    public init() {}

    public init(repeating element: Element, count: Int) { append(count, of: element) }

    /// How many elements there are.
    @inlinable public var count: Int { length }
    @inlinable public var indices: Range<Int> { 0..<length }

    @inlinable public subscript(index: Int) -> Element {
        @inline(__always)
        get { pages[index >> 11][index & 2047] }
        _modify {
            // Through spans: an array's own accessor ends each change in place with a call.
            var all = pages.mutableSpan
            var page = all[index >> 11].mutableSpan
            yield &page[index & 2047]
        }
    }

    /// Asks for the memory of an element that will be used soon; see `Span.prefetch`. Nothing for an index that there
    /// is not.
    @inlinable
    @inline(__always)
    public func prefetch(_ index: Int) {
        guard UInt(bitPattern: index) < UInt(bitPattern: length) else { return }
        // Through spans: an array's own way would count one more owner.
        let all = pages.span
        unsafe all[unchecked: index >> 11].span.prefetch(index & 2047)
    }

    @inlinable public mutating func append(_ element: Element) { append(1, of: element) }

    @inlinable public mutating func append(_ more: Int, of element: Element) {
        var rest = more
        while rest > 0 {
            let used = length & 2047
            if used == 0 { pages.append([]) }
            let here = min(rest, 2048 - used)
            if used == 0, here == 2048 {
                pages[pages.count - 1] = ContiguousArray(repeating: element, count: here)
            } else {
                for _ in 0..<here { pages[pages.count - 1].append(element) }
            }
            length += here
            rest -= here
        }
    }
}
