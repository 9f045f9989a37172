package import CSIMDJSON

/// One simdjson parser with room for the fields of a payload. Not for two threads at once; each worker makes its own.
@safe package final class JSONParser {
    /// More fields than this in one payload are not looked at: the widest of the known formats has 60.
    package static let fieldsMax = 256

    /// All live as long as this object and are freed with it.
    let handle: OpaquePointer
    let fields: UnsafeMutableBufferPointer<csj_field>
    /// The line that was read last.
    let record: UnsafeMutablePointer<csj_record>
    /// Made when the first path is read.
    private var points = unsafe UnsafeMutableBufferPointer<csj_point>(start: nil, count: 0)

    package init() {
        guard let made = unsafe csj_parser_new() else { preconditionFailure("out of memory for a JSON parser") }
        unsafe handle = made
        unsafe fields = .allocate(capacity: JSONParser.fieldsMax)
        unsafe fields.initialize(repeating: csj_field())
        unsafe record = .allocate(capacity: 1)
        unsafe record.initialize(to: csj_record())
    }

    deinit {
        unsafe csj_parser_free(handle)
        unsafe fields.deallocate()
        unsafe record.deallocate()
        unsafe points.deallocate()
    }

    /// Whether the bytes are one JSON value that the journal may hold as it is: valid, at most 64 levels deep.
    /// - Parameter text: must be followed by `CSJ_PADDING` readable bytes.
    package func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return false }
        return unsafe csj_validate(handle, base, text.count) == 0
    }

    /// Parses a payload for ``find(_:)``. The text must be followed by `CSJ_PADDING` readable bytes.
    /// - Returns: nil, or why it cannot be read.
    package func open(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        guard let base = text.baseAddress, !text.isEmpty else { return "empty" }
        let code = unsafe csj_open(handle, base, text.count)
        return code == 0 ? nil : JSONParser.message(code)
    }

    /// Hands over the points of a path, `[[ms, x, y]…]`, in order.
    /// - Parameters:
    ///   - text: must be followed by `CSJ_PADDING` readable bytes.
    ///   - countMax: more points than this are not read.
    /// - Returns: false where the text is anything else, or has more points; then nothing was handed over.
    package func points(
        _ text: UnsafeBufferPointer<UInt8>, countMax: Int, _ body: (Double, Double, Double) -> Void
    ) -> Bool {
        guard let base = text.baseAddress else { return false }
        if unsafe points.count < countMax {
            unsafe points.deallocate()
            unsafe points = .allocate(capacity: countMax)
            unsafe points.initialize(repeating: csj_point())
        }
        var count = 0
        let code = unsafe csj_read_points(handle, base, text.count, points.baseAddress, countMax, &count)
        guard code == 0 else { return false }
        for index in 0..<count { unsafe body(points[index].milliseconds, points[index].x, points[index].y) }
        return true
    }

    /// A value found by JSON pointer. `text` lives until the parser's next use.
    @unsafe package struct Found {
        package var value: csj_value
        package var text: UnsafeBufferPointer<UInt8>
    }

    /// Looks up a JSON pointer (RFC 6901) in the payload opened last; kind `CSJ_ABSENT` where there is nothing.
    package func find(_ pointer: String) -> Found {
        var value = csj_value()
        var bytes: UnsafePointer<CChar>?
        var copy = pointer
        let code = copy.withUTF8 { utf8 in
            unsafe utf8.withMemoryRebound(to: CChar.self) {
                unsafe csj_find(handle, $0.baseAddress, $0.count, &value, &bytes)
            }
        }
        if code != 0 { value.kind = Int32(CSJ_ABSENT) }
        let text = unsafe UnsafeRawPointer(bytes)?.assumingMemoryBound(to: UInt8.self)
        return unsafe Found(
            value: value, text: UnsafeBufferPointer(start: text, count: text == nil ? 0 : Int(value.length)))
    }

    package static func message(_ code: Int32) -> String { unsafe String(cString: csj_message(code)) }
}
