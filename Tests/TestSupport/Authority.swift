import Foundation

/// A certificate authority `ca` in a temporary folder, and certificates of it, made by openssl.
package struct Authority {
    package struct Failure: Error { package var arguments: [String] }

    package let folder = FileManager.default.temporaryDirectory.path + "/authority-\(UUID().uuidString)"

    package init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try make("ca")
    }

    package func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Makes a further authority.
    package func make(_ name: String, days: Int = 30) throws {
        try request(name, "basicConstraints=critical,CA:TRUE")
        try openssl("x509", "-req", "-in", "\(name).csr", "-signkey", "\(name).key", name: name, days: days)
    }

    /// - Parameters:
    ///   - names: what the certificate is for.
    ///   - days: its validity from now; negative: it has ended.
    package func sign(
        _ name: String, by authority: String = "ca", for names: String = "IP:127.0.0.1", days: Int = 30
    ) throws {
        try request(name, "subjectAltName=\(names)")
        try openssl(
            "x509", "-req", "-in", "\(name).csr", "-CA", "\(authority).crt", "-CAkey", "\(authority).key",
            "-CAcreateserial", name: name, days: days)
    }

    package func file(_ name: String) -> String { folder + "/" + name }

    private func request(_ name: String, _ extensionLine: String) throws {
        try run([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
            "-addext", extensionLine, "-keyout", "\(name).key", "-out", "\(name).csr",
        ])
    }

    private func openssl(_ arguments: String..., name: String, days: Int) throws {
        try run(arguments + ["-copy_extensions", "copy", "-days", "\(days)", "-out", "\(name).crt"])
    }

    private func run(_ arguments: [String]) throws {
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = arguments
        openssl.currentDirectoryURL = URL(fileURLWithPath: folder)
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else { throw Failure(arguments: arguments) }
    }
}
