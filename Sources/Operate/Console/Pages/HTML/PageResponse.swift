import HTTPTypes
import Hummingbird

/// The answers that pages for people are: HTML with all headers that keep it where it belongs (8 of them on every
/// answer, errors and redirects included), never stored.
enum PageResponse {
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self' \(PageStyle.source); img-src 'self' data:; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// - Parameter hasBody: false for an answer to HEAD.
    static func html(
        _ status: HTTPResponse.Status, _ html: String, hasBody: Bool = true, retryAfter: Int? = nil
    ) -> Response {
        var headers = headers
        headers[.contentType] = "text/html; charset=utf-8"
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        if hasBody { return Response(status: status, headers: headers, body: .init(byteBuffer: .init(string: html))) }
        headers[.contentLength] = String(html.utf8.count)
        return Response(status: status, headers: headers)
    }

    /// After a form: 303, so that going back or loading again sends nothing twice. The address is relative: a proxy may
    /// have us under any path.
    static func seeOther(_ path: String, cookie: String? = nil) -> Response {
        var headers = headers
        headers[.location] = path
        if let cookie { headers[.setCookie] = cookie }
        return Response(status: .seeOther, headers: headers)
    }

    private static var headers: HTTPFields {
        var headers = HTTPFields()
        for (name, value) in [
            ("Content-Security-Policy", policy), ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"),
            // With `no-referrer` browsers send `Origin: null` on our own forms.
            ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"), ("Cache-Control", "no-store"),
        ] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return headers
    }
}
