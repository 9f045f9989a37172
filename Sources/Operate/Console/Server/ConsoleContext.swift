import Hummingbird
import NIOCore

/// What the server knows of a request: the other end of its connection.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// An IP address; empty where the connection has none.
    let peer: String
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? ""
        channel = source.channel
    }
}
