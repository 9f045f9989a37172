import HTTPTypes
import Hummingbird
import JSONWriting
package import Logging
import ServiceLifecycle

/// The console's HTTP server. In this version: `/healthz` (the process lives), `/readyz` (it can do its work; 503 and
/// the reasons where not; what is degraded) and `/metrics`. Errors are RFC 9457 problem JSON.
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
        router.get("/readyz") { request, _ in
            let accepts = request.headers[.accept] ?? ""
            return ConsoleServer.readiness(view(), asksForJSON: accepts.contains("json"))
        }
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

    /// 200 as lines of text, or as JSON for who asks for it, with what is degraded; 503 as problem JSON.
    static func readiness(_ view: HealthView, asksForJSON: Bool) -> Response {
        guard view.problems.isEmpty else {
            let problem = JSONWriter.text { writer in
                writer.text("type", "about:blank")
                writer.text("title", "not ready")
                writer.number("status", 503)
                writer.text("detail", view.problems.joined(separator: "; "))
                writer.texts("degraded", view.degraded)
            }
            return response(.serviceUnavailable, "application/problem+json", problem + "\n")
        }
        if asksForJSON {
            let answer = JSONWriter.text { writer in
                writer.text("status", "ready")
                writer.texts("degraded", view.degraded)
                writer.texts("notes", view.notes)
            }
            return response(.ok, "application/json", answer + "\n")
        }
        let lines = ["ready"] + view.notes + view.degraded.map { "degraded: \($0)" }
        let text = lines.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") }.joined(separator: "\n")
        return response(.ok, "text/plain; charset=utf-8", text + "\n")
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: .init(string: body)))
    }
}
