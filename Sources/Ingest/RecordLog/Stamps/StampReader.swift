import CSIMDJSON
import Timekeeping

/// Reads the arrival time of a record. Remembers the last minute, since the next record mostly has the
/// same one.
struct StampReader {
    /// The last time's date, hour and minute as they were written, its zone, and what they are together.
    private var prefix: (UInt64, UInt64) = (0, 0)
    private var zone = UInt64.max
    private var minuteMicroseconds: Int64 = 0

    /// - Parameter text: the content of `tst`.
    /// - Returns: microseconds since the epoch; nil where it is no time with a zone.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        if let quick = unsafe mosquittoForm(text) { return quick }
        switch unsafe ISO8601.read(text) {
        case .instant(let microseconds): return microseconds
        case .local, nil: return nil
        }
    }

    /// Epoch seconds, whole or with a fraction; milliseconds where the number is too large for seconds (past the year
    /// 5138).
    static func read(_ value: csj_value) -> Int64? {
        guard value.number.isFinite, value.number > 0, value.number < 1e14 else { return nil }
        if value.is_integer != 0 {
            return value.integer >= 100_000_000_000 ? value.integer * 1000 : value.integer * 1_000_000
        }
        return Int64((value.number >= 1e11 ? value.number * 1000 : value.number * 1_000_000).rounded())
    }

    /// `2022-09-20T08:12:03.123456Z+0800`, the one form of nearly all logs: exactly 32 bytes.
    private mutating func mosquittoForm(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count == 32, let base = unsafe UnsafeRawPointer(text.baseAddress) else { return nil }
        // Sound: all offsets below are under 32.
        let head = unsafe (base.loadUnaligned(as: UInt64.self), base.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let last = unsafe base.loadUnaligned(fromByteOffset: 24, as: UInt64.self).littleEndian >> 16
        if head != prefix || last != zone {
            guard let minute = unsafe minute(text) else { return nil }
            prefix = head
            zone = last
            minuteMicroseconds = minute
        }
        guard unsafe text[16] == 0x3A, unsafe text[19] == 0x2E, let second = unsafe number(text, 17, 2), second < 60,
            let micros = unsafe number(text, 20, 6)
        else { return nil }
        return minuteMicroseconds + second * 1_000_000 + micros
    }

    /// The minute that a text of this form tells, with its zone.
    private func minute(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard let year = unsafe number(text, 0, 4), unsafe text[4] == 0x2D, let month = unsafe number(text, 5, 2),
            unsafe text[7] == 0x2D, let day = unsafe number(text, 8, 2),
            let date = Day(year: Int(year), month: Int(month), day: Int(day)), unsafe text[10] == 0x54,
            let hour = unsafe number(text, 11, 2), hour < 24, unsafe text[13] == 0x3A,
            let minute = unsafe number(text, 14, 2), minute < 60, unsafe text[26] == 0x5A,
            let zoneHours = unsafe number(text, 28, 2), zoneHours < 24, let zoneMinutes = unsafe number(text, 30, 2),
            zoneMinutes < 60
        else { return nil }
        let sign: Int64
        switch unsafe text[27] {
        case 0x2B: sign = 1
        case 0x2D: sign = -1
        default: return nil
        }
        let minutes = hour * 60 + minute - sign * (zoneHours * 60 + zoneMinutes)
        return date.sinceEpoch * 86_400_000_000 + minutes * 60_000_000
    }

    @inline(__always)
    private func number(_ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ length: Int) -> Int64? {
        var value: Int64 = 0
        for i in at..<at + length {
            let digit = unsafe text[i] &- 48
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return value
    }
}
