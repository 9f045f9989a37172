package import ConfigReading
package import Diagnostics

/// A file of a format's own that a feed names in its section.
package struct FormatFile: Sendable {
    /// Under which its keys stand in the table: `mapping` for `mapping.topic`. The file itself does not have it.
    package let name: String
    /// Of its part of the reference.
    package let title: LocalizedText
    package let keys: [SettingKey]

    package init(name: String, title: LocalizedText, keys: [SettingKey]) {
        self.name = name
        self.title = title
        self.keys = keys
    }
}
