// FileManager reads the file; Diagnostics carries the words for people.
package import Diagnostics
import Foundation
import NIOSSL

/// The certificate authorities of one channel, in place of the system's: for receivers with a CA of their own.
package struct ChannelAuthority: Sendable {
    /// The file, for people.
    let path: String
    let tls: TLSConfiguration
    let certificates: [NIOSSLCertificate]

    /// A file is longer than this only by mistake.
    private static let bytesMax = 1 << 20

    /// Reads a file of PEM certificates.
    package init(path: String) throws(UnplacedDiagnostic) {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw UnplacedDiagnostic(
                code: "channel.bad-ca",
                what: isThere
                    ? LocalizedText(zh: "CA 文件 \(path) 无法读取", en: "the CA file \(path) cannot be read")
                    : LocalizedText(zh: "没有 CA 文件 \(path)", en: "there is no CA file \(path)"),
                remedy: isThere
                    ? LocalizedText(zh: "请让守望的用户能读取它", en: "let the daemon's user read it")
                    : LocalizedText(
                        zh: "请核对路径，或把签发对方证书的 CA 证书（PEM）放在那里",
                        en: "check the path, or put the PEM there of the CA that signed the other side's certificate"))
        }
        try self.init(path: path, pem: Array(bytes))
    }

    init(path: String, pem: [UInt8]) throws(UnplacedDiagnostic) {
        let mark = "-----BEGIN CERTIFICATE-----"
        guard pem.count <= ChannelAuthority.bytesMax, String(decoding: pem, as: UTF8.self).contains(mark) else {
            throw UnplacedDiagnostic(
                code: "channel.bad-ca",
                what: LocalizedText(zh: "\(path) 里没有 PEM 证书", en: "there is no PEM certificate in \(path)"),
                remedy: LocalizedText(
                    zh: "文件应含 \(mark)；DER 文件用 openssl x509 -inform der -in 文件 -out ca.pem 转换",
                    en:
                        "the file holds \(mark); turn a DER file into one by openssl x509 -inform der -in FILE "
                        + "-out ca.pem"
                ))
        }
        let certificates: [NIOSSLCertificate]
        do { certificates = try NIOSSLCertificate.fromPEMBytes(pem) } catch {
            throw UnplacedDiagnostic(
                code: "channel.bad-ca",
                what: LocalizedText(zh: "\(path) 里的 PEM 证书已损坏", en: "a PEM certificate in \(path) is damaged"),
                remedy: LocalizedText(zh: "请重新导出 CA 证书", en: "export the CA's certificate again"))
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(certificates)
        self.path = path
        self.tls = tls
        self.certificates = certificates
    }
}
