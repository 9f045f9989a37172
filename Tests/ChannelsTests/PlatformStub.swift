import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server on loopback that answers what platforms, gateways and broken networks answer.
final class PlatformStub: Sendable {
    struct Request: Sendable, Equatable {
        var method: String
        var uri: String
        var headers: [String: String]
        var body: String
    }

    enum Reply: Sendable {
        case status(Int, [String: String] = [:], String = "")
        /// Head and this much of a body, then nothing, and the connection stays open.
        case stall(Int, String)
        /// The request is taken and never answered.
        case silence
        /// The connection is reset after the request's last byte (RST).
        case reset
        /// The connection is closed properly after the request's last byte.
        case hangUp
    }

    /// Gets a request and its number from 0.
    typealias Script = @Sendable (Request, Int) -> Reply

    private let seen = Mutex([Request]())
    private let script: Script
    private let listener = Mutex<(any NIOCore.Channel)?>(nil)

    init(_ script: @escaping Script) { self.script = script }

    var requests: [Request] { seen.withLock { $0 } }

    /// Listens on a free port of loopback.
    /// - Returns: `http://127.0.0.1:port`.
    func start() async throws -> String {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.configureHTTPServerPipeline()
                    try child.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
        return "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    func stop() async {
        let channel = listener.withLock { $0.take() }
        try? await channel?.close()
    }

    fileprivate func reply(to request: Request) -> Reply {
        let number = seen.withLock { seen in
            seen.append(request)
            return seen.count - 1
        }
        return script(request, number)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        let stub: PlatformStub
        var head: HTTPRequestHead?
        var body = ByteBuffer()

        init(_ stub: PlatformStub) { self.stub = stub }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let new):
                head = new
                body.clear()
            case .body(var part): body.writeBuffer(&part)
            case .end:
                guard let head else { return }
                let headers = Dictionary(head.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
                let request = Request(
                    method: head.method.rawValue, uri: head.uri, headers: headers, body: String(buffer: body))
                answer(stub.reply(to: request), context: context)
            }
        }

        func answer(_ reply: Reply, context: ChannelHandlerContext) {
            switch reply {
            case .status(let code, let fields, let text):
                var headers = HTTPHeaders(fields.map { ($0.key, $0.value) })
                headers.add(name: "Content-Length", value: String(text.utf8.count))
                write(code, headers, text, context: context)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .stall(let code, let text):
                write(code, ["Content-Length": String(text.utf8.count + 1000)], text, context: context)
                context.flush()
            case .silence: break
            case .reset:
                if let provider = context.channel as? any SocketOptionProvider {
                    _ = provider.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                }
                context.close(promise: nil)
            case .hangUp: context.close(promise: nil)
            }
        }

        func write(_ code: Int, _ headers: HTTPHeaders, _ text: String, context: ChannelHandlerContext) {
            let status = HTTPResponseStatus(statusCode: code)
            let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
