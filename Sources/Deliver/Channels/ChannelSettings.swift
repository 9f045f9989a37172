package import ConfigReading
package import Diagnostics

/// What the configuration says of one channel; each kind has a type of its own. It knows where secrets are kept, and
/// not the secrets: ``channel(in:)`` makes the ``Channel`` that sends.
package protocol ChannelSettings: Equatable, Sendable {
    /// What `kind:` says.
    static var kind: String { get }
    /// The keys beside `kind`, without a path: `url`. A key that several kinds have in common is one constant
    /// (``HTTPSettings/keys``); of one name, two kinds may also have a key each, with a meaning of its own.
    static var keys: [SettingKey] { get }
    /// A channel with every key, as it would be written: the tests read it, and find that no key is left out.
    static var example: String { get }
    /// Whether it takes each change's JSON; else it takes words for people.
    static var takesChanges: Bool { get }

    /// Reads a section whose keys are ``keys``.
    /// - Returns: nil where something is missing or wrong; told.
    init?(_ section: Section)

    /// Of those that go over HTTP.
    var http: HTTPSettings? { get }

    /// - Throws: what is wrong with a value, with its key before it; never the value, which may be a secret.
    func channel(in context: ChannelContext) throws(UnplacedDiagnostic) -> any Channel
}

extension ChannelSettings {
    package var http: HTTPSettings? { nil }

    /// Whether two channels of whatever kinds say the same.
    func isSame(as other: any ChannelSettings) -> Bool { (other as? Self) == self }
}
