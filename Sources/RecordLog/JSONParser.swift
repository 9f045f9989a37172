package import CSIMDJSON

/// One simdjson parser with room for the fields of a payload. Not for two threads at once; each worker makes its own.
@safe package final class JSONParser {
    /// More fields than this in one payload are not looked at: the widest of the known formats has 60.
    package static let fieldsMax = 256

    /// Both live as long as this object and are freed with it.
    let handle: OpaquePointer
    let fields: UnsafeMutableBufferPointer<csj_field>

    package init() {
        guard let made = unsafe csj_parser_new() else { preconditionFailure("out of memory for a JSON parser") }
        unsafe handle = made
        unsafe fields = .allocate(capacity: JSONParser.fieldsMax)
        unsafe fields.initialize(repeating: csj_field())
    }

    deinit {
        unsafe csj_parser_free(handle)
        unsafe fields.deallocate()
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
