/// Writes JSON with the keys in the order of the calls, which Foundation's encoder does not promise, and without a
/// blank. What is written stands as it was given: keys are not looked at twice.
package struct JSONWriter {
    private var bytes: [UInt8] = []
    /// Nothing stands yet in the object or list that is written.
    private var isFirst = true

    private init() {}

    /// A whole object.
    package static func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.bytes.reserveCapacity(256)
        writer.element(body)
        return writer.bytes
    }

    /// The same as text.
    package static func text(_ body: (inout JSONWriter) -> Void) -> String {
        String(decoding: object(body), as: UTF8.self)
    }

    // MARK: What stands in an object

    package mutating func text(_ key: String, _ value: String) {
        name(key)
        JSONString.append(value, to: &bytes)
    }

    /// Writes nothing where there is no text.
    package mutating func text(_ key: String, ifAny value: String?) {
        if let value { text(key, value) }
    }

    package mutating func number(_ key: String, _ value: some BinaryInteger) { raw(key, "\(value)") }
    package mutating func truth(_ key: String, _ value: Bool) { raw(key, value ? "true" : "false") }

    /// - Parameter json: must be valid JSON.
    package mutating func raw(_ key: String, _ json: String) {
        name(key)
        bytes.append(contentsOf: json.utf8)
    }

    package mutating func object(_ key: String, _ body: (inout JSONWriter) -> Void) {
        name(key)
        enclose("{", "}", body)
    }

    /// A list; `body` writes one element for each value.
    package mutating func list<Value>(
        _ key: String, _ values: some Sequence<Value>, _ body: (inout JSONWriter, Value) -> Void
    ) {
        name(key)
        enclose("[", "]") { writer in
            for value in values { body(&writer, value) }
        }
    }

    /// A list of strings.
    package mutating func texts(_ key: String, _ values: some Sequence<String>) {
        list(key, values) { writer, value in writer.element(value) }
    }

    // MARK: What stands in a list

    package mutating func element(_ text: String) {
        comma()
        JSONString.append(text, to: &bytes)
    }

    package mutating func element(_ body: (inout JSONWriter) -> Void) {
        comma()
        enclose("{", "}", body)
    }

    // MARK: -

    private mutating func enclose(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void) {
        bytes.append(UInt8(ascii: open))
        isFirst = true
        body(&self)
        bytes.append(UInt8(ascii: close))
        isFirst = false
    }

    private mutating func name(_ key: String) {
        comma()
        JSONString.append(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func comma() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }
}
