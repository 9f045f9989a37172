import CChecksum
import Glibc
import Timekeeping

/// CRC-32C over arrays and buffers.
package enum Checksum {
    static func crc32c(_ bytes: UnsafeBufferPointer<UInt8>, after crc: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress else { return crc }
        return unsafe shouwang_crc32c(crc, base, bytes.count)
    }

    package static func crc32c(_ bytes: [UInt8], _ range: Range<Int>, after crc: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer {
            unsafe crc32c(UnsafeBufferPointer(rebasing: $0[range]), after: crc)
        }
    }

    /// As on a processor without the instruction; for tests.
    static func byTable(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe shouwang_crc32c_by_table(0, base + range.lowerBound, range.count)
        }
    }
}
