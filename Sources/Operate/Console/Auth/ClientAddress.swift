/// Where a request comes from: the other end of its connection, or, where that is a proxy of ours, what the proxy says.
package enum ClientAddress {
    /// The nearest address that is no trusted proxy: of `X-Forwarded-For` the last that such a proxy can have written.
    /// - Parameters:
    ///   - peer: the other end of the connection.
    ///   - forwarded: the header, as it came.
    ///   - trusted: `console.trusted_proxies`; whoever is not among them may write into the header what they like.
    package static func of(peer: String, forwarded: String?, trusted: [String]) -> String {
        guard trusted.contains(peer), let forwarded else { return peer }
        let hops = forwarded.split(separator: ",").map { hop in
            String(hop.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed().prefix(45))
        }
        return hops.last { !$0.isEmpty && !trusted.contains($0) } ?? peer
    }
}
