package import ConfigReading
package import Diagnostics
package import Timekeeping

/// What every channel has that goes over HTTP: how long it waits, whom it trusts, and another host in place of the
/// platform's.
package struct HTTPSettings: Equatable, Sendable {
    /// In place of the platform's own scheme, host and port.
    package var baseURL: WebAddress?
    /// The longest wait for an answer.
    package var timeout: Milliseconds
    /// The authorities of its own; nil where the system's are trusted.
    package var ca: CertificateFile?

    /// A file of PEM certificates: the authorities that a channel trusts in place of the system's.
    package struct CertificateFile: Equatable, Sendable {
        /// Resolved.
        package var path: String
        /// Where the configuration names it.
        package var position: Position
    }

    /// - Parameter base: the platform's address, the default of `base_url`; nil where there is no platform.
    package static func keys(base: String? = nil) -> [SettingKey] {
        [
            SettingKey("base_url", .web, base, zh: "网关地址", en: "another host: a gateway or a stub"),
            SettingKey("timeout", .duration(.seconds(1) ... .minutes(2)), "10s", zh: "超时", en: "longest wait"),
            SettingKey(
                "ca", .path, zh: "签发对方证书的 CA（PEM 文件），省略即系统的",
                en: "PEM file with the CA of the other side's certificate; left out: the system's"),
        ]
    }

    /// The file of ``ca`` itself is looked at by `check` and by who makes the channel: a daemon must not stay away for
    /// it.
    package init?(_ section: Section) {
        baseURL = section.web("base_url")
        ca = section.path("ca").map { CertificateFile(path: $0, position: section.place("ca")) }
        guard let timeout = section.duration("timeout") else { return nil }
        self.timeout = timeout
    }

    /// An address of the configuration with ``baseURL`` in place of its scheme, host and port.
    package func rebased(_ address: WebAddress) -> String {
        guard let base = baseURL?.text else { return address.text }
        let text = address.text
        let afterScheme = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
        let path = afterScheme.drop { $0 != "/" && $0 != "?" }
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + path
    }
}
