/// Why a record has no meaning here. The codes are stable: they are counted, and scripts read them.
struct DecodeError: Error, Equatable {
    var code: String
    var detail: String
    /// Whether it is known that the record is no call for help, whatever words stand in it.
    var isNoCall: Bool

    init(_ code: String, _ detail: String, isNoCall: Bool = false) {
        self.code = code
        self.detail = detail
        self.isNoCall = isNoCall
    }
}
