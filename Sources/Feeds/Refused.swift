/// Why a record has no meaning here. The codes are stable: they are counted, and scripts read them.
struct Refused: Error, Equatable {
    var code: String
    var detail: String

    init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}
