import CSIMDJSON
import RecordLog

/// Where a payload has the fields of the native feed; of a key that is there twice, the last. Values are read when they
/// are asked for.
struct NativeFields {
    private var found: UInt32 = 0
    private var places: [32 of UInt16] = .init(repeating: 0)
    /// - Parameter keys: of the names of all keys, in their order.
    init(_ view: borrowing RecordView, _ keys: borrowing WordTable) {
        guard let base = unsafe view.fieldBase, let first = unsafe view.fields.baseAddress else { return }
        for index in unsafe 0..<view.fields.count {
            // Sound: the index is below the count, and a field's key is within the text that it was read from.
            let field = unsafe first + index
            let name = unsafe UnsafeBufferPointer(
                start: base + Int(field.pointee.key_at), count: Int(field.pointee.key_length))
            let key = unsafe keys.find(name)
            guard key >= 0 else { continue }
            found |= 1 << UInt32(truncatingIfNeeded: key)
            places[key] = UInt16(truncatingIfNeeded: index)
        }
    }

    /// Whether there is one of the fields that most records do not have.
    var hasDetails: Bool { found >> UInt32(NativeKey.temp_c.rawValue) != 0 }

    @inline(__always)
    func has(_ key: NativeKey) -> Bool { found >> UInt32(key.rawValue) & 1 != 0 }

    /// As it was found; nil where it was not.
    @inline(__always)
    func value(_ key: NativeKey, _ view: borrowing RecordView) -> csj_value? {
        has(key) ? unsafe view.fields[Int(places[Int(key.rawValue)])].value : nil
    }

    /// The value where it is a list, its brackets included.
    func list(_ key: NativeKey, _ view: borrowing RecordView) -> UnsafeBufferPointer<UInt8>? {
        guard let value = value(key, view), Int(value.kind) == CSJ_ARRAY, let base = unsafe view.fieldBase else {
            return nil
        }
        return unsafe UnsafeBufferPointer(start: base + Int(value.at), count: Int(value.length))
    }
}

extension Decoder {
    /// A field's value; valid until the next record. A string with escapes is unescaped into an array of its own, so
    /// that none overwrites another.
    @inline(__always)
    mutating func scalar(
        _ key: NativeKey, _ fields: borrowing NativeFields, _ view: borrowing RecordView
    ) -> JSONScalar {
        guard let value = fields.value(key, view), let base = unsafe view.fieldBase else { return unsafe .absent }
        if Int(value.kind) == CSJ_ESCAPED { return unsafe escaped(value, view) }
        return unsafe JSONScalar(value, base: base)
    }

    private mutating func escaped(_ value: csj_value, _ view: borrowing RecordView) -> JSONScalar {
        var keep: [UInt8] = []
        let scalar = unsafe view.scalar(value, keep: &keep)
        unescaped.append(keep)
        return unsafe scalar
    }
}
