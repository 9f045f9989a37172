import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A real HTTP server on a free port of loopback that answers as the contract says, and notes what it was asked.
final class ConsoleStub: Sendable {
    struct Asked: Equatable, Sendable {
        var method: String
        var target: String
        var authorization: String
        var body: String
    }

    /// What is answered to a request, told how many came before it.
    typealias Reply = @Sendable (_ asked: Asked, _ before: Int) -> Answer

    enum Answer: Sendable {
        case json(Int, String, retryAfter: Int? = nil)
        /// The connection ends in the middle of the answer.
        case broken
    }

    private let all = Mutex([Asked]())
    private let reply: Reply

    init(_ reply: @escaping Reply) { self.reply = reply }

    var asked: [Asked] { all.withLock { $0 } }

    private func answer(_ asked: Asked) -> Answer {
        let before = all.withLock { all in
            all.append(asked)
            return all.count - 1
        }
        return reply(asked, before)
    }

    /// Runs while the body does.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (_ address: String) async throws -> Value
    ) async throws -> Value {
        let (port, continuation) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let stub = self
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                try await stub.respond(request)
            },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in continuation.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "stub", factory: { (_: String) in SwiftLogNoOpLogHandler() }))
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await application.run()
                return nil
            }
            var ports = port.makeAsyncIterator()
            let number = await ports.next() ?? 0
            group.addTask { try await body("http://127.0.0.1:\(number)") }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            throw CancellationError()
        }
    }

    private func respond(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let asked = Asked(
            method: request.method.rawValue, target: request.uri.description,
            authorization: request.headers[.authorization] ?? "", body: String(buffer: body))
        switch answer(asked) {
        case .json(let status, let text, let retryAfter):
            var headers: HTTPFields = [
                .contentType: status < 400 ? "application/json" : "application/problem+json"
            ]
            if let retryAfter { headers[.retryAfter] = String(retryAfter) }
            return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: .init(string: text)))
        case .broken:
            struct Broken: Error {}
            let body = ResponseBody(contentLength: 1000) { writer in
                try await writer.write(ByteBuffer(string: "{"))
                throw Broken()
            }
            return Response(status: .ok, body: body)
        }
    }
}
