package import Timekeeping

/// The figures of one day: what the daily message tells, and what the API gives of that day.
///
/// A day's report covers the 24 hours (of the site's time) up to the message. Drills are apart: they are in no other
/// figure. What nobody knows is nil, and is left out of the text.
package struct DailyReport: Equatable, Sendable {
    package static let schema = "shouwang.daily/1"

    /// Who cannot be seen, masked, and why.
    package struct Unseen: Equatable, Sendable {
        /// Why; the words are the API's.
        package enum Reason: String, Sendable, CaseIterable {
            /// No device and no credential.
            case uncovered
            /// Every device of the home is silent.
            case sensorsDead = "sensors_dead"
            /// The row in the registry cannot be read.
            case leftOut = "left_out"
        }

        /// `3栋2单元502 罗*华`
        package var who: String
        package var people: Int
        package var reason: Reason

        package init(who: String, people: Int, reason: Reason) {
            self.who = who
            self.people = people
            self.reason = reason
        }
    }

    /// How many of those that had to be somewhere in time were.
    package struct Share: Equatable, Sendable {
        package var inTime: Int
        package var total: Int

        package init(inTime: Int, total: Int) {
            self.inTime = inTime
            self.total = total
        }
    }

    package var site: String
    package var siteName: String
    package var day: Day
    package var from: Instant
    package var to: Instant
    /// When it was made, later than `to` where the box was down then.
    package var made: Instant
    package var isLate: Bool
    /// People who are watched.
    package var watched: Int
    package var unseen: [Unseen]
    package var raised: Int
    /// By people, and by the sensors' all-clear.
    package var closed: Int
    package var resolved: Int
    /// Not over at the end of the day.
    package var open: Int
    package var onTime: Share?
    package var devices: Int
    package var deadDevices: [String]
    package var blind: Milliseconds
    package var drills: Int

    package init(
        site: String, siteName: String, day: Day, from: Instant, to: Instant, made: Instant, isLate: Bool, watched: Int,
        unseen: [Unseen], raised: Int, closed: Int, resolved: Int, open: Int, onTime: Share? = nil, devices: Int,
        deadDevices: [String], blind: Milliseconds, drills: Int
    ) {
        self.site = site
        self.siteName = siteName
        self.day = day
        self.from = from
        self.to = to
        self.made = made
        self.isLate = isLate
        self.watched = watched
        self.unseen = unseen
        self.raised = raised
        self.closed = closed
        self.resolved = resolved
        self.open = open
        self.onTime = onTime
        self.devices = devices
        self.deadDevices = deadDevices
        self.blind = blind
        self.drills = drills
    }

    /// People who cannot be seen.
    package var unseenCount: Int { unseen.reduce(0) { $0 + $1.people } }

    /// Blind time in whole minutes, begun ones counted.
    package var blindMinutes: Int64 { (blind.count + 59_999) / 60_000 }
}
