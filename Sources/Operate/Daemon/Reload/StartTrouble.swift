import Community
package import Diagnostics
import SiteConfiguration

/// Why a start does not watch what configuration and registry say now.
package struct StartTrouble {
    var part: BoxFaults.Part
    package var what: LocalizedText

    /// The registry was refused.
    package static func registry(_ what: LocalizedText) -> StartTrouble { StartTrouble(part: .registry, what: what) }
    /// The configuration does not pass, and the last good one is in its place.
    package static func config(_ what: LocalizedText) -> StartTrouble { StartTrouble(part: .config, what: what) }
}
