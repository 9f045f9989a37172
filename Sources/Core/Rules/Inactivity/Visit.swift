import Community
import SiteConfiguration
package import Timekeeping
import Windowing

/// What somebody found who went there, or asked.
package struct Visit: Equatable, Sendable {
    /// What was found of the person.
    package enum Found: Equatable, Sendable {
        /// Well, unwell or rescued: seen.
        case seen
        /// Away to the end of a day, that day included; nil: nobody knows until when.
        case away(until: Day?)
        case deceased
        /// Anything else, or nothing: the case is closed.
        case other
    }

    package var found: Found
    package var at: Instant

    package init(_ found: Found, at: Instant) {
        self.found = found
        self.at = at
    }

    /// By the contract's words.
    package init(found: String?, until: Day?, at: Instant) {
        switch found {
        case "well", "unwell", "rescued": self.init(.seen, at: at)
        case "away": self.init(.away(until: until), at: at)
        case "deceased": self.init(.deceased, at: at)
        default: self.init(.other, at: at)
        }
    }
}
