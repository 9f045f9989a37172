import HTTPTypes
import Hummingbird
package import Logging
import ServiceLifecycle

/// The console's HTTP server. In this version: `/healthz` (the process lives), `/readyz` (it can do its work; 503 and
/// the reasons where not; what is degraded) and `/metrics`. Errors are RFC 9457 problem JSON.
package struct ConsoleServer: Service {
    private let host: String
    private let port: Int
    private let log: Logger
    private let view: @Sendable () async -> HealthView

    package init(host: String, port: Int, log: Logger, view: @escaping @Sendable () async -> HealthView) {
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
            return ConsoleServer.readiness(await view(), asksForJSON: accepts.contains("json"))
        }
        router.get("/metrics") { _, _ in
            let text = await view().text
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: .init(string: text)))
        }
        let server = Application(
            router: router, configuration: .init(address: .hostname(host, port: port), serverName: "shouwang"),
            logger: log)
        try await server.run()
    }

    /// 200 as lines of text, or as JSON for who asks for it, with what is degraded; 503 as problem JSON.
    static func readiness(_ view: HealthView, asksForJSON: Bool) -> Response {
        let degraded = "\"degraded\":[" + view.degraded.map(quoted).joined(separator: ",") + "]"
        guard view.problems.isEmpty else {
            let detail = quoted(view.problems.joined(separator: "; "))
            return response(
                .serviceUnavailable, "application/problem+json",
                "{\"type\":\"about:blank\",\"title\":\"not ready\",\"status\":503,\"detail\":\(detail),\(degraded)}\n")
        }
        if asksForJSON {
            let notes = view.notes.map(quoted).joined(separator: ",")
            return response(.ok, "application/json", "{\"status\":\"ready\",\(degraded),\"notes\":[\(notes)]}\n")
        }
        let lines = ["ready"] + view.notes + view.degraded.map { "degraded: \($0)" }
        let text = lines.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") }.joined(separator: "\n")
        return response(.ok, "text/plain; charset=utf-8", text + "\n")
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: .init(string: body)))
    }

    /// A JSON string (RFC 8259 §7).
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
