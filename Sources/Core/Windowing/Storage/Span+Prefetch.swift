public import CPrefetch

extension Span {
    /// Asks for the memory of elements that will be used soon, and of the header of the array whose span this is, and
    /// does not wait for it. It reads nothing: an index that there is not is harmless.
    @inlinable
    @inline(__always)
    public func prefetch(_ index: Int, count: Int = 1) {
        unsafe withUnsafeBufferPointer { elements in
            guard let start = unsafe UnsafeRawPointer(elements.baseAddress) else { return }
            let stride = MemoryLayout<Element>.stride
            let first = unsafe start + index * stride
            // The array's count and how many owners it has, which each access looks at.
            unsafe shouwang_prefetch(start - 24)
            unsafe shouwang_prefetch(first)
            // What takes more than 16 B, where memory begins, may reach into the next line.
            if count * stride > 16 { unsafe shouwang_prefetch(first + count * stride - 1) }
        }
    }
}
