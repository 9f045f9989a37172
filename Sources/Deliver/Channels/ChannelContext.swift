package import ConfigReading
package import Diagnostics
package import Vocabulary

/// What a channel is made with besides its own settings.
package struct ChannelContext {
    /// The site's id.
    package let site: String
    private let read: (SecretSource) throws(SecretError) -> String

    /// - Parameter read: reads a secret from its place, so that no channel touches a file itself.
    package init(site: String, read: @escaping (SecretSource) throws(SecretError) -> String) {
        self.site = site
        self.read = read
    }

    /// - Parameter key: the key at which the configuration names the secret's place.
    package func secret(_ place: SecretSource, key: String) throws(UnplacedDiagnostic) -> Secret {
        do throws(SecretError) {
            return Secret(try read(place))
        } catch {
            throw UnplacedDiagnostic(code: "config.no-secret", what: error.words, remedy: error.remedy).at(key)
        }
    }
}
