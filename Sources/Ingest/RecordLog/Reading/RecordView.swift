package import CSIMDJSON

/// One record as it was read, valid until the reader's next step. Pointers lead into the chunk or into the reader's own
/// buffers.
@safe package struct RecordView {
    /// Arrival, microseconds since the epoch.
    package var stampMicroseconds: Int64 = 0
    package var topic: UnsafeBufferPointer<UInt8> = unsafe .init(start: nil, count: 0)
    /// The payload's bytes exactly as they were on the wire (as far as the recorder kept them), followed by padding.
    package var payload: UnsafeBufferPointer<UInt8> = unsafe .init(start: nil, count: 0)
    /// The fields of a payload that is a JSON object; offsets are from `fieldBase`.
    package var fields: UnsafeBufferPointer<csj_field> = unsafe .init(start: nil, count: 0)
    package var fieldBase: UnsafePointer<UInt8>?
    /// The payload with what could not be read of it mended, followed by padding; empty where nothing was.
    package var mended: UnsafeBufferPointer<UInt8> = unsafe .init(start: nil, count: 0)
    /// Why there are no fields: 0 where there are; −1 where the payload does not look like an object.
    package var fieldsError: Int32 = -1
    package var qos: UInt8 = 0
    package var retain = false
    package var mid: UInt16 = 0
    /// The log's stamp is not believed: nobody knows when the record came.
    package var isStampLost = false

    init() {}

    /// The payload as it is to be read.
    package var text: UnsafeBufferPointer<UInt8> { unsafe mended.isEmpty ? payload : mended }
}
