import Glibc

extension UnsafeBufferPointer<UInt8> {
    /// Line feeds in the bytes; several gigabytes a second.
    func lineFeedCount() -> Int {
        guard var at = baseAddress else { return 0 }
        // Sound: the search stays within the bytes.
        let limit = unsafe at + count
        var found = 0
        while let feed = unsafe memchr(at, 0x0A, limit - at) {
            found += 1
            unsafe at = UnsafePointer(feed.assumingMemoryBound(to: UInt8.self)) + 1
        }
        return found
    }

    /// The last line feed in front of a place.
    func lastLineFeed(before end: Int) -> Int? {
        var at = end
        while at > 0 {
            at -= 1
            if unsafe self[at] == 0x0A { return at }
        }
        return nil
    }

    /// Where the pattern stands, from a place on.
    func firstPlace(of pattern: [UInt8], from start: Int) -> Int? {
        guard let base = baseAddress, !pattern.isEmpty, start >= 0 else { return nil }
        var at = start
        // Sound: the pattern's length is left behind `at`, and the search stays within the bytes.
        while at + pattern.count <= count, let found = unsafe memchr(base + at, Int32(pattern[0]), count - at) {
            at = unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if at + pattern.count <= count, unsafe memcmp(base + at, pattern, pattern.count) == 0 { return at }
            at += 1
        }
        return nil
    }
}
