import HTTPTypes
import Hummingbird

/// Whether a form comes from our own page, as far as the browser says.
///
/// `Sec-Fetch-Site` decides where it is there: `same-origin`, or `none` (typed by hand). Without it (old web views) the
/// `Origin` must be ours; without both the token in the address is the right.
enum FormOrigin {
    /// - Parameter own: our origin from outside, where it is configured; the request's own host counts too.
    static func isOurs(_ request: Request, own: String?) -> Bool {
        if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] {
            return site == "same-origin" || site == "none"
        }
        guard let origin = request.headers[.origin] else { return true }
        if let own, origin == own { return true }
        guard let host = request.head.authority, !host.isEmpty else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}
