// URLComponents splits the address; Diagnostics carries the words for people.
package import Diagnostics
import Foundation

/// Options of a channel that cannot work. Never shows the value, which may hold a key.
package struct ChannelFault: Error, Equatable, Sendable {
    /// The option's name in the config.
    package var option: String
    package var what: LocalizedText
    package var remedy: LocalizedText

    package init(option: String, what: LocalizedText, remedy: LocalizedText) {
        self.option = option
        self.what = what
        self.remedy = remedy
    }
}
