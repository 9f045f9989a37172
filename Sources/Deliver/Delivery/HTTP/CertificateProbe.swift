// time(2).
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Vocabulary

/// Why a certificate is not trusted. The TLS library says no more than that; so the certificates are looked at, over a
/// connection that ends before anything is sent.
enum CertificateProbe {
    enum Verdict { case expired, notYetValid, other }

    static func verdict(host: String, port: Int, _ authority: ChannelAuthority?) async -> Verdict {
        let chain = await chain(host: host, port: port) + (authority?.certificates ?? [])
        let now = time(nil)
        if chain.contains(where: { $0.notValidAfter < now }) { return .expired }
        return chain.contains { $0.notValidBefore > now } ? .notYetValid : .other
    }

    /// The certificates that the other side shows; none where it shows none within five seconds.
    private static func chain(host: String, port: Int) async -> [NIOSSLCertificate] {
        let shown = Shown()
        // A name may be told to the other side, an address may not (RFC 6066 §3).
        let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        do {
            let context = try NIOSSLContext(configuration: TLSConfiguration.makeClientConfiguration())
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(5))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try NIOSSLClientHandler(
                            context: context, serverHostname: isAddress ? nil : host,
                            customVerificationCallback: { certificates, promise in
                                shown.set(certificates)
                                promise.succeed(.failed)
                            })
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .connect(host: host, port: port).get()
            channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
            try await channel.closeFuture.get()
        } catch {
            return shown.certificates  // What was shown before it ended is all that is asked for.
        }
        return shown.certificates
    }

    private final class Shown: Sendable {
        private let held = Mutex([NIOSSLCertificate]())

        var certificates: [NIOSSLCertificate] { held.withLock { $0 } }
        func set(_ certificates: [NIOSSLCertificate]) { held.withLock { $0 = certificates } }
    }
}
