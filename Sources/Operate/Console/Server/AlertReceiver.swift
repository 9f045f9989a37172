import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A web hook's other end, on loopback: what the demo shows alerts with, and what an integrator may point a channel at
/// to look.
package struct AlertReceiver: Sendable {
    private let took: @Sendable ([UInt8]) -> Void

    /// - Parameter took: gets the body of each POST.
    package init(took: @escaping @Sendable ([UInt8]) -> Void) { self.took = took }

    /// Listens on a free port of 127.0.0.1 until the task is cancelled.
    /// - Parameter ready: gets the port.
    package func run(ready: @escaping @Sendable (Int) -> Void) async throws {
        let router = Router()
        let took = took
        router.post("/alerts") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            took(Array(body.readableBytesView))
            return Response(status: .noContent)
        }
        var quiet = Logger(label: "receiver")
        quiet.logLevel = .critical
        let server = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in ready(channel.localAddress?.port ?? 0) }, logger: quiet)
        try await server.run()
    }
}
