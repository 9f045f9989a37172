import HummingbirdTLS
import NIOSSL

/// The certificate and the key with which the console encrypts: PEM files.
package struct ConsoleTLS: Equatable, Sendable {
    package var cert: String
    package var key: String

    package init(cert: String, key: String) {
        self.cert = cert
        self.key = key
    }

    /// Reads both files. Throws where one is missing or is none.
    func configuration() throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMFile(cert).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: key, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }
}
