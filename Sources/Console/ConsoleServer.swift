import HTTPTypes
import Hummingbird
package import Logging
import ServiceLifecycle

/// The console's HTTP server. In this version: `/healthz` (the process lives), `/readyz` (it can do its work; 503 and
/// the reasons where not) and `/metrics`. Errors are RFC 9457 problem JSON.
package struct ConsoleServer: Service {
    private let host: String
    private let port: Int
    private let log: Logger
    private let view: @Sendable () -> HealthView

    package init(host: String, port: Int, log: Logger, view: @escaping @Sendable () -> HealthView) {
        self.host = host
        self.port = port
        self.log = log
        self.view = view
    }

    package func run() async throws {
        let router = Router()
        let view = view
        router.get("/healthz") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain"], body: .init(byteBuffer: .init(string: "alive\n")))
        }
        router.get("/readyz") { _, _ in ConsoleServer.readiness(view()) }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: .init(string: view().text)))
        }
        let server = Application(
            router: router, configuration: .init(address: .hostname(host, port: port), serverName: "shouwang"),
            logger: log)
        try await server.run()
    }

    private static func readiness(_ view: HealthView) -> Response {
        guard !view.problems.isEmpty else {
            return Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: .init(string: (["ready"] + view.notes).joined(separator: "\n") + "\n")))
        }
        let detail = view.problems.joined(separator: "; ").replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let body = "{\"type\":\"about:blank\",\"title\":\"not ready\",\"status\":503,\"detail\":\"\(detail)\"}\n"
        return Response(
            status: .serviceUnavailable, headers: [.contentType: "application/problem+json"],
            body: .init(byteBuffer: .init(string: body)))
    }
}
