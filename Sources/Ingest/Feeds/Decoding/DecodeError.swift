/// Why a record has no meaning here: thrown while it is decoded. What is counted and told of it, with its line and
/// topic, is a ``RecordLog/Refusal``. The codes are the same in both, and stable: scripts read them.
package struct DecodeError: Error, Equatable {
    let code: String
    let detail: String
    /// Whether it is known that the record is no call for help, whatever words stand in it.
    let isNoCall: Bool

    init(_ code: String, _ detail: String, isNoCall: Bool = false) {
        self.code = code
        self.detail = detail
        self.isNoCall = isNoCall
    }
}
