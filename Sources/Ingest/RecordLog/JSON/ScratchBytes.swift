/// Bytes that are filled again for each record, behind a pointer that stays valid until the next change. An array's
/// storage may not be pointed into after the call that lent it; this one's may, and that is all it is for.
@safe final class ScratchBytes {
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        unsafe storage = .allocate(capacity: capacity)
    }

    deinit { unsafe storage.deallocate() }

    /// The bytes; valid until the next call of a method that changes them.
    var bytes: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: storage, count: count) }

    func removeAll() { count = 0 }

    func removeLast(_ length: Int) { count -= min(length, count) }

    func append(_ byte: UInt8) {
        reserve(1)
        unsafe storage[count] = byte  // Sound: reserve made room.
        count += 1
    }

    func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        unsafe (storage + count).update(from: start, count: bytes.count)
        count += bytes.count
    }

    /// Makes sure that `length` readable bytes follow the content.
    func pad(_ length: Int) {
        reserve(length)
        unsafe (storage + count).update(repeating: 0, count: length)
    }

    /// Turns the private use characters of `ChunkReader.readMapped` back into bytes, from `start` on.
    func unmap(from start: Int = 0) {
        var from = start
        var to = start
        while from < count {
            let byte = unsafe storage[from]
            if byte == 0xEF, from + 2 < count, unsafe storage[from + 1] == 0x9E || storage[from + 1] == 0x9F {
                unsafe storage[to] = storage[from + 1] == 0x9E ? storage[from + 2] : storage[from + 2] &+ 0x40
                from += 3
            } else {
                unsafe storage[to] = byte
                from += 1
            }
            to += 1
        }
        count = to
    }

    private func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        unsafe moved.update(from: storage, count: count)
        unsafe storage.deallocate()
        unsafe storage = moved
        capacity = larger
    }
}
