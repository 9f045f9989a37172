package import Channels
package import ConfigReading
package import Diagnostics
package import Timekeeping

/// From what the configuration says to what sends: secrets and certificates are read here.
extension ConfiguredChannel {
    /// The wait of a channel that names none.
    private static let usualTimeout = Milliseconds.seconds(10)

    /// - Throws: what is wrong, with the key before it.
    private func ready(in context: ChannelContext) throws(UnplacedDiagnostic) -> ReadyChannel {
        var ready = ReadyChannel(name: name, channel: try settings.channel(in: context))
        if let ca = settings.http?.ca {
            do throws(UnplacedDiagnostic) {
                ready.http.authority = try ChannelAuthority(path: ca.path)
            } catch {
                throw error.at("ca")
            }
        }
        ready.http.total = settings.http.map { .milliseconds($0.timeout.count) }
        return ready
    }

    /// - Parameters:
    ///   - site: the site's id.
    ///   - read: reads a secret from its place.
    /// - Returns: the channels that can be used, and what is wrong with the others; a channel without its secret must
    ///   not keep the daemon from watching.
    package static func ready(
        _ channels: [ConfiguredChannel], site: String,
        read: @escaping (SecretSource) throws(SecretError) -> String = { (place) throws(SecretError) in
            try place.read()
        }
    ) -> (channels: [ReadyChannel], problems: [LocalizedText]) {
        let context = ChannelContext(site: site, read: read)
        var ready: [ReadyChannel] = []
        var problems: [LocalizedText] = []
        for channel in channels {
            do throws(UnplacedDiagnostic) {
                ready.append(try channel.ready(in: context))
            } catch {
                problems.append(
                    LocalizedText(
                        zh: "通道 \(channel.name) 的 \(error.what.zh)；\(error.remedy.zh)",
                        en: "channel \(channel.name), \(error.what.en); \(error.remedy.en)"))
            }
        }
        return (ready, problems)
    }

    /// The longest that any of them may take to answer: leases outlast it.
    package static func timeoutMax(of channels: [ConfiguredChannel]) -> Milliseconds {
        channels.map { $0.settings.http?.timeout ?? usualTimeout }.max() ?? usualTimeout
    }

    /// What is wrong with the file of certificates that it names, for `check`: it costs the channel and not the start.
    package var authorityProblem: Diagnostic? {
        guard let ca = settings.http?.ca else { return nil }
        do throws(UnplacedDiagnostic) {
            _ = try ChannelAuthority(path: ca.path)
            return nil
        } catch {
            return error.at("channels.\(name).ca").diagnostic(at: ca.position)
        }
    }
}
