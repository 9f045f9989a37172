import HTTPTypes

/// What browsers are told with every response, whatever its status.
package enum SecurityHeaders {
    /// Pages run our own scripts alone, and stand in nobody's frame.
    package static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// Of those that a response has of its own, its own count.
    static func add(to headers: inout HTTPFields, isEncrypted: Bool) {
        let standard: [(HTTPField.Name?, String)] = [
            (.contentSecurityPolicy, policy), (.xContentTypeOptions, "nosniff"), (.cacheControl, "no-store"),
            (HTTPField.Name("X-Frame-Options"), "DENY"),
            // With `no-referrer` browsers send `Origin: null` with our own forms.
            (HTTPField.Name("Referrer-Policy"), "same-origin"),
            (HTTPField.Name("Cross-Origin-Opener-Policy"), "same-origin"),
            (HTTPField.Name("Cross-Origin-Resource-Policy"), "same-origin"),
            (HTTPField.Name("Permissions-Policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ]
        for case (let name?, let value) in standard where headers[name] == nil { headers[name] = value }
        if isEncrypted { headers[.strictTransportSecurity] = "max-age=31536000" }
    }
}
