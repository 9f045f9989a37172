import ConfigReading

/// Paths of PEM files. `cert` and `key` are both there or both not.
package struct TLSSettings: Equatable, Sendable {
    package var ca: String?
    package var cert: String?
    package var key: String?

    package init(ca: String? = nil, cert: String? = nil, key: String? = nil) {
        self.ca = ca
        self.cert = cert
        self.key = key
    }
}
