package import Diagnostics

/// Why a TLS handshake failed, as far as OpenSSL tells, and what to do about it.
package enum TLSError: Equatable, Sendable {
    /// The broker's certificate, or that of an authority above it.
    case expired
    /// The same, or the clock of this box is behind.
    case notYetValid
    case unknownAuthority(ca: String?)
    case wrongName(host: String)
    case clientCertificateMissing
    /// The broker takes none that this client has.
    case clientCertificateRefused(file: String?)
    /// Another protocol, or the end of the connection without a word: a plain listener, as a rule.
    case notTLS
    case other(detail: String)

    /// OpenSSL's texts for the alerts with which a broker refuses a certificate.
    private static let refusals = [
        "unknown ca", "bad certificate", "certificate expired", "certificate revoked", "certificate unknown",
    ]

    /// - Parameter text: for where nothing was logged.
    init(_ errors: ErrorLog, or text: String, host: String, _ tls: BrokerOptions.TLS) {
        let words = errors.text
        // The numbers are OpenSSL's X509_V_ERR_…, part of its interface; the texts are those of OpenSSL's alerts and of
        // libmosquitto.
        switch errors.verdict {
        case 9: self = .notYetValid
        case 10: self = .expired
        case 2, 18, 19, 20, 21: self = .unknownAuthority(ca: tls.ca)
        case _ where words.contains("host name verification failed"): self = .wrongName(host: host)
        // Until TLS 1.3 there was no word of its own for a missing one.
        case _ where words.contains("certificate required"),
            _ where words.contains("alert handshake failure") && tls.certificate == nil:
            self = .clientCertificateMissing
        case _ where TLSError.refusals.contains { words.contains("alert " + $0) }:
            self = .clientCertificateRefused(file: tls.certificate)
        case _ where words.contains("wrong version number") || words.contains("unexpected eof"): self = .notTLS
        default: self = .other(detail: words.isEmpty ? text : words)
        }
    }

    package var phrase: LocalizedText {
        let what = what
        return LocalizedText(zh: "TLS 握手失败：\(what.zh)", en: "the TLS handshake failed: \(what.en)")
    }

    private var what: LocalizedText {
        switch self {
        case .expired:
            LocalizedText(
                zh: "代理服务器的证书或其 CA 证书已过期，请换新证书（并核对本机时间）",
                en: "the broker's certificate or its CA has expired; renew it (and check this machine's clock)")
        case .notYetValid:
            LocalizedText(
                zh: "代理服务器的证书尚未生效，请核对本机时间",
                en: "the broker's certificate is not valid yet; check this machine's clock")
        case .unknownAuthority(let ca):
            LocalizedText(
                zh: "代理服务器的证书不是由 \(ca ?? "系统信任的 CA") 签发的，请用签发它的 CA 证书",
                en: "the broker's certificate is not signed by \(ca ?? "an authority of the system"); "
                    + "set the CA that signed it")
        case .wrongName(let host):
            LocalizedText(
                zh: "代理服务器的证书不是发给 \(host) 的，请用证书上的名称连接，或重新签发（subjectAltName）",
                en: "the broker's certificate is not for \(host); connect by a name that is in it, or have it issued "
                    + "anew (subjectAltName)")
        case .clientCertificateMissing:
            LocalizedText(
                zh: "代理服务器要求客户端证书，请设置证书和私钥",
                en: "the broker asks for a client certificate; set a certificate and its key")
        case .clientCertificateRefused(let file):
            LocalizedText(
                zh: "代理服务器不接受客户端证书 \(file ?? "")：可能已过期，或不是由代理服务器信任的 CA 签发的",
                en: "the broker does not accept the client certificate \(file ?? ""): it has expired, or the broker "
                    + "does not know the CA that signed it")
        case .notTLS:
            LocalizedText(
                zh: "对方没有用 TLS 应答，请核对端口（一般为 8883）",
                en: "the other side does not answer in TLS; check the port (8883 as a rule)")
        case .other(let detail):
            LocalizedText(zh: detail, en: detail)
        }
    }
}
