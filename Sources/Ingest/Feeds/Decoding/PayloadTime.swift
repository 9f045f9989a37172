import RecordLog
import Timekeeping

/// The time that a payload names.
enum PayloadTime {
    /// Reads epoch seconds or milliseconds (told by magnitude: devices that document one send the other), as a number
    /// or as digits in a string, or ISO 8601; without offset it is the site's local time. nil where it is none of
    /// these.
    static func read(_ scalar: JSONScalar, zone: Zone) -> Instant? {
        switch unsafe scalar.kind {
        case .number: return unsafe epoch(scalar.number)
        case .text:
            if let reading = unsafe ISO8601.read(PayloadRepair.trimmed(scalar.text)) {
                switch reading {
                case .instant(let microseconds): return Instant(milliseconds: floorDivide(microseconds, 1000))
                case .local(let civil): return zone.instant(civil)
                }
            }
            guard let number = unsafe PayloadNumber.read(scalar) else { return nil }
            return epoch(number)
        default: return nil
        }
    }

    private static func epoch(_ number: Double) -> Instant? {
        guard number.isFinite, number >= 0, number < 1e16 else { return nil }
        return Instant(milliseconds: Int64(number >= 1e11 ? number : (number * 1000).rounded()))
    }

    static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }
}
