import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// An HTTPS server on loopback that answers 200, with a certificate that a test has made.
struct TLSStub {
    let port: Int
    private let listener: any NIOCore.Channel

    /// - Parameters: PEM files.
    init(certificate: String, key: String) async throws {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        let context = try NIOSSLContext(configuration: configuration)
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try child.pipeline.syncOperations.configureHTTPServerPipeline()
                    try child.pipeline.syncOperations.addHandler(Yes())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    func stop() async { try? await listener.close() }

    private final class Yes: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "0"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// A certificate authority in a temporary folder, made by openssl.
struct Authority {
    struct Failure: Error { var arguments: [String] }

    let folder = FileManager.default.temporaryDirectory.path + "/https-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try make("ca")
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func make(_ name: String) throws {
        try request(name, "basicConstraints=critical,CA:TRUE")
        try openssl("x509", "-req", "-in", "\(name).csr", "-signkey", "\(name).key", name: name, days: 30)
    }

    func sign(_ name: String, for names: String = "IP:127.0.0.1", days: Int = 30) throws {
        try request(name, "subjectAltName=\(names)")
        try openssl(
            "x509", "-req", "-in", "\(name).csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", name: name,
            days: days)
    }

    func file(_ name: String) -> String { folder + "/" + name }

    func stub(_ name: String) async throws -> TLSStub {
        try await TLSStub(certificate: file("\(name).crt"), key: file("\(name).key"))
    }

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
