package import Diagnostics

/// A channel of the configuration under its name.
package struct ConfiguredChannel: Equatable, Sendable {
    package var name: String
    package var settings: any ChannelSettings
    package var position: Position

    package init(name: String, settings: any ChannelSettings, position: Position) {
        self.name = name
        self.settings = settings
        self.position = position
    }

    /// Whether it takes each change's JSON; else it takes words for people.
    package var takesChanges: Bool { type(of: settings).takesChanges }

    package static func == (a: ConfiguredChannel, b: ConfiguredChannel) -> Bool {
        a.name == b.name && a.position == b.position && a.settings.isSame(as: b.settings)
    }
}
