import Diagnostics
import RecordLog
import SiteConfiguration
import Timekeeping

/// Writes one JSON object with its keys in the order of the calls, which Foundation's encoder does not promise.
struct ObjectWriter {
    private var isFirst = true

    init(_ out: inout [UInt8]) { out.append(0x7B) }

    mutating func text(_ key: String, _ value: String, _ out: inout [UInt8]) {
        name(key, &out)
        JSONText.appendString(value, to: &out)
    }

    /// - Parameter json: must be valid JSON.
    mutating func raw(_ key: String, _ json: String, _ out: inout [UInt8]) {
        name(key, &out)
        out.append(contentsOf: json.utf8)
    }

    mutating func number(_ key: String, _ value: Int, _ out: inout [UInt8]) { raw(key, "\(value)", &out) }

    private mutating func name(_ key: String, _ out: inout [UInt8]) {
        if !isFirst { out.append(0x2C) }
        isFirst = false
        JSONText.appendString(key, to: &out)
        out.append(0x3A)
    }

    func end(_ out: inout [UInt8]) { out.append(0x7D) }
}
