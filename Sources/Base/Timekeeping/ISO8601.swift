/// Times as text: ISO 8601 in the forms that devices and recorders really write, and our own one form for writing.
package enum ISO8601 {
    /// What a text said: an instant, or a wall clock's time whose zone the reader must know.
    package enum Reading: Equatable, Sendable {
        case instant(microseconds: Int64)
        case local(CivilTime)
    }

    /// Reads `2022-09-20T08:12:03.123456Z`, an offset with or without colon, a blank instead of `T` or after it, no
    /// seconds, the basic form `20260305T121530Z`, up to 9 digits of fraction, and the form of mosquitto 2.0.0–2.0.12:
    /// local time, a literal `Z`, then the offset (`…03.123456Z+0800` is 8 hours before the same digits with a plain
    /// `Z`). A fraction of 10 or more digits is no fraction (a recorder that printed the epoch there) and is ignored.
    package static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Reading? {
        var scan = unsafe Scanner(bytes)
        return scan.reading()
    }

    package static func read(_ text: String) -> Reading? {
        var copy = text
        return copy.withUTF8 { unsafe read($0) }
    }

    /// Writes an instant in a zone with milliseconds and offset: `2022-09-23T08:12:03.123+08:00`.
    package static func write(_ instant: Instant, in zone: Zone) -> String {
        let offset = zone.offset(at: instant)
        let civil = CivilTime(wallMilliseconds: instant.milliseconds + Int64(offset) * 1000)
        let sign = offset < 0 ? "-" : "+"
        let minutes = abs(offset) / 60
        return wall(civil) + sign + two(minutes / 60) + ":" + two(minutes % 60)
    }

    /// Writes an instant in a zone as people write it, to the second: `2022-09-23 08:12:03`.
    package static func plain(_ instant: Instant, in zone: Zone) -> String {
        let text = wall(zone.civil(instant))
        return text.prefix { $0 != "T" } + " " + text.drop { $0 != "T" }.dropFirst().prefix(8)
    }

    /// Writes an instant as mosquitto_sub does in UTC: `2022-09-20T00:12:03.123000Z+0000`.
    package static func writeStamp(_ instant: Instant) -> String {
        wall(CivilTime(wallMilliseconds: instant.milliseconds)) + "000Z+0000"
    }

    private static func wall(_ c: CivilTime) -> String {
        let y = String(c.date.year)
        let year = String(repeating: "0", count: max(0, 4 - y.count)) + y
        let ms = String(c.millisecond)
        return year + "-" + two(c.date.month) + "-" + two(c.date.day) + "T" + two(c.hour) + ":" + two(c.minute) + ":"
            + two(c.second) + "." + String(repeating: "0", count: 3 - ms.count) + ms
    }

    package static func two(_ n: Int) -> String { n < 10 ? "0\(n)" : String(n) }

    @safe private struct Scanner {
        /// Lives as long as the call of `read`, whose argument it is; every index is checked against `count`.
        private let bytes: UnsafeBufferPointer<UInt8>
        private let count: Int
        private var at = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            unsafe self.bytes = bytes
            count = bytes.count
        }

        func peek() -> UInt8 { at < count ? unsafe bytes[at] : 0 }

        mutating func digits(_ length: Int) -> Int? {
            guard at + length <= self.count else { return nil }
            var value = 0
            for i in at..<at + length {
                let digit = unsafe bytes[i] &- 48
                guard digit < 10 else { return nil }
                value = value * 10 + Int(digit)
            }
            at += length
            return value
        }

        mutating func skip(_ byte: UInt8) -> Bool {
            guard at < count, peek() == byte else { return false }
            at += 1
            return true
        }

        mutating func reading() -> Reading? {
            guard let year = digits(4) else { return nil }
            let dashed = skip(0x2D)
            guard let month = digits(2) else { return nil }
            if dashed, !skip(0x2D) { return nil }
            guard let day = digits(2), let date = Day(year: year, month: month, day: day) else { return nil }
            if skip(0x54) || skip(0x74) { _ = skip(0x20) } else if !skip(0x20) { return nil }
            guard let hour = digits(2), hour < 24 else { return nil }
            let colons = skip(0x3A)
            guard let minute = digits(2), minute < 60 else { return nil }
            var second = 0
            if colons ? skip(0x3A) : (peek() >= 48 && peek() <= 57) {
                guard let s = digits(2), s <= 60 else { return nil }
                second = min(s, 59)  // A leap second is told as the one before it.
            }
            guard let micros = fraction() else { return nil }
            let wall = CivilTime(date: date, hour: hour, minute: minute, second: second, millisecond: micros / 1000)
            let wallMicros =
                (date.sinceEpoch * 86400 + Int64(hour * 3600 + minute * 60 + second)) * 1_000_000 + Int64(micros)
            return zoned(wall: wall, wallMicros: wallMicros)
        }

        /// Microseconds of the fraction; 0 where there is none; nil where a point is followed by no digit.
        private mutating func fraction() -> Int? {
            guard skip(0x2E) || skip(0x2C) else { return 0 }
            var micros = 0
            var length = 0
            while at < count, peek() >= 48, peek() <= 57 {
                if length < 6 { micros = micros * 10 + Int(peek() - 48) }
                length += 1
                at += 1
            }
            guard length > 0 else { return nil }
            if length >= 10 { return 0 }
            while length < 6 {
                micros *= 10
                length += 1
            }
            return micros
        }

        private mutating func zoned(wall: CivilTime, wallMicros: Int64) -> Reading? {
            let literalZ = skip(0x5A) || skip(0x7A)
            let sign: Int64
            switch peek() {
            case 0x2B: sign = 1
            case 0x2D: sign = -1
            default:
                guard at == count else { return nil }
                return literalZ ? .instant(microseconds: wallMicros) : .local(wall)
            }
            at += 1
            guard let hours = digits(2), hours < 24 else { return nil }
            _ = skip(0x3A)
            let minutes = at == count ? 0 : digits(2)
            guard let minutes, minutes < 60, at == count else { return nil }
            return .instant(microseconds: wallMicros - sign * Int64(hours * 3600 + minutes * 60) * 1_000_000)
        }
    }
}
