import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import JSONWriting
package import Logging
import NIOCore
import ServiceLifecycle

/// The console's HTTP server: `/healthz` (the process lives), `/readyz` (it can do its work; 503 and the reasons where
/// not; what is degraded), `/metrics`, and, where it is given what that works with, the API under `/api/v1`. Errors are
/// RFC 9457 problem JSON.
///
/// At most 256 connections at a time; one on which nothing comes for ten seconds, and nothing is being answered, is
/// closed.
package struct ConsoleServer: Service {
    package static let connectionsMax = 256
    private static let idle: TimeAmount = .seconds(10)

    package struct Options: Sendable {
        package var host: String
        package var port: Int
        package var tls: ConsoleTLS?
        /// Addresses of proxies that say truly where a request comes from.
        package var trustedProxies: [String] = []
        /// Gets the port, once it listens.
        package var onRunning: @Sendable (Int) -> Void = { _ in }

        package init(host: String, port: Int, tls: ConsoleTLS? = nil) {
            self.host = host
            self.port = port
            self.tls = tls
        }
    }

    private let options: Options
    private let parts: ConsoleParts?
    private let log: Logger
    private let view: @Sendable () async -> HealthView

    /// - Parameter parts: nil: health and metrics alone.
    package init(
        _ options: Options, parts: ConsoleParts?, log: Logger, view: @escaping @Sendable () async -> HealthView
    ) {
        self.options = options
        self.parts = parts
        self.log = log
        self.view = view
    }

    /// Health and metrics alone.
    package init(host: String, port: Int, log: Logger, view: @escaping @Sendable () async -> HealthView) {
        self.init(Options(host: host, port: port), parts: nil, log: log, view: view)
    }

    package func run() async throws {
        let router = Router(context: ConsoleContext.self, options: .autoGenerateHeadEndpoints)
        let pages = parts?.pages.map(WorkerPages.init)
        addHealth(to: router, pages)
        var services: [any Service] = []
        if let parts {
            let api = API(parts: parts, trustedProxies: options.trustedProxies, health: view)
            api.add(to: router)
            services.append(StreamService(api: api))
            let trusted = options.trustedProxies
            pages?.add(to: router) { request, context in
                ClientAddress.of(peer: context.peer, forwarded: request.headers[API.forwarded], trusted: trusted)
            }
        }
        let http = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                idleTimeout: ConsoleServer.idle,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 32 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 200)))
        let tls = try options.tls?.configuration()
        let onRunning = options.onRunning
        let server = Application(
            responder: GuardResponder(inner: router.buildResponder(), isEncrypted: tls != nil, log: log),
            server: try tls.map { try .tls(http, tlsConfiguration: $0) } ?? http,
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port), serverName: "shouwang",
                availableConnectionsDelegate: MaximumAvailableConnections(ConsoleServer.connectionsMax)),
            services: services,
            onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) }, logger: log)
        try await server.run()
    }

    private func addHealth(to router: Router<ConsoleContext>, _ pages: WorkerPages?) {
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
            var view = await view()
            view.metrics += pages?.counters.metrics ?? []
            let text = view.text
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: .init(string: text)))
        }
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
