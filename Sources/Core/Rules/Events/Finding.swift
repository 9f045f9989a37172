package import Community
package import Feeds
package import SiteConfiguration
package import Timekeeping
package import Vocabulary

/// What a rule found: an episode began, got worse or ended. `Alerts` makes the change that people and programs get of
/// it.
package struct Finding: Sendable {
    /// What became of an episode.
    package enum Change: String, Sendable {
        case raised, updated, resolved
    }

    /// How old news is told, where it is not new.
    package enum Age: Sendable {
        /// It happens now.
        case news
        /// It was handed over late.
        case late
        /// The broker had it as its retained state: it was so when we came.
        case standing
    }

    package var rule: Int
    package var change: Change
    package var severity: Severity
    /// The value of the rule's key.
    package var key: String
    package var started: Instant
    package var detected: Instant
    package var at: Instant
    package var place: PlaceID?
    package var residents: [ResidentID]
    package var device: Int32
    package var lastEvidence: Trace?
    package var evidence: [Trace]
    package var detail: Detail
    package var verdict: Verdict?
    package var age = Age.news
    /// Who it is about, by number as ``Event/person``, where `residents` are not told; −1 nobody.
    package var person: Int32 = -1
    /// When a state truly began that the rule's calendar let begin only later; nil where that is `started`.
    package var since: Instant?
    /// Whether people are told of it again.
    package var isTold = true
    /// An update that says no more than that there is more of it: written at most once a minute and alert.
    package var countsOnly = false
    /// The name that the rule had when the episode was raised, where it is another: the alert's id goes by it.
    package var raisedBy: String?
}

extension Finding {
    /// The kind's own facts: what `detail` of the alert carries, and what its text is made from.
    package enum Detail: Equatable, Sendable {
        /// Stage reached (from 1) and its length; how far the silence can be believed.
        case absence(stage: Int, after: Milliseconds, cover: Cover?)
        /// Homes, by number, that neither a device nor a credential could show anybody in.
        case uncovered(homes: [Int32])
        /// What devices told in one session. `floor` is nil where none was told.
        case sighting(count: Int, devices: [Int32], confidence: Float, floor: Int?, fit: FallFit?, alarm: Alarm)
        /// So many within a time; `people`: different ones, 0 where they were not counted; `total`: of the whole
        /// episode.
        case count(count: Int, within: Milliseconds, devices: [Int32], people: Int, total: Int)
        /// A state has lasted. `word`: the plate; −1 none.
        case duration(stage: Int, after: Milliseconds, devices: [Int32], word: Int32)
        /// What should have followed did not, or what should not did.
        case sequence(after: Milliseconds, isMissing: Bool, floor: Int?)
        /// A number is beyond its limit; `worst` is the worst that was seen.
        case level(value: Double, limit: Double, worst: Double, field: WindowSettings.NumberField)
        case flow(FlowFacts)
        /// Somebody went the same way twice: which, and the pass before.
        case passback(isInward: Bool, before: Trace)
        case device(DeviceFacts)
        /// Numbers among the words: category, text, who reported.
        case report(category: Int32, text: Int32, by: Int32)
    }

    /// What else there is to say of a call for help or an alarm.
    package struct Alarm: Equatable, Sendable {
        /// What was told, where a rule looks at several dangers; in the order of their numbers.
        package var of: [ObservationKind] = []
        /// The device calls at an even pace: at which, where it is stuck in alarm.
        package var pace: Milliseconds?
        /// A payload named another device than its topic.
        package var isMismatched = false

        package init() {}
    }

    /// How many passed a gate, or are inside of an area, as far as anybody told.
    package struct FlowFacts: Equatable, Sendable {
        /// Passes within ``within``; what is more than the limit is not counted, ``isAtLeast`` says so.
        package var passes: Int
        package var isAtLeast = false
        /// Of them, those of which it is known which way they went.
        package var passesIn = 0
        package var passesOut = 0
        /// nil: no gate tells who comes in.
        package var inside: Int?
        package var within: Milliseconds
        /// When it began, where that was outside of the calendar.
        package var since: Instant?
        /// What may not be reached; nil: no limit.
        package var passesMax: Int?
        package var insideMax: Int?

        package init(passes: Int, within: Milliseconds) {
            self.passes = passes
            self.within = within
        }
    }

    /// Of a device that is silent, stuck, flooding, or whose clock is wrong.
    package struct DeviceFacts: Equatable, Sendable {
        /// Since when; of silence the last that was heard.
        package var since: Instant
        /// What it was measured against: 2.5 heartbeats, the quiet hours, the span of a rate.
        package var limit: Milliseconds
        /// Whether the heartbeat was learned.
        package var isLearned = false
        /// Of a clock, how far behind it is; of a flood, records in the span.
        package var offset = Milliseconds.zero
        package var count = 0
        /// Of a device whose messages say that they are the same: so many of its last were left out.
        package var repeatedIDs = 0
        /// The devices behind one hub that are silent with it.
        package var others: [Int32] = []
        /// The homes left without any living device, by number.
        package var unwatched: [Int32] = []

        package init(since: Instant, limit: Milliseconds) {
            self.since = since
            self.limit = limit
        }
    }

    /// How far a silence can be believed: the shares of it, 0…1, and each covering device.
    package struct Cover: Equatable, Sendable {
        /// The box was down or without its broker.
        package var blind = 0.0
        /// The box listened, and a word of a covering device vouched for it.
        package var watched = 0.0
        /// The box listened, and all covering devices are known to have been dead. What is missing to one is what
        /// nobody vouches for.
        package var dead = 0.0
        /// That is more than what was watched: whether the sensors work nobody knows.
        package var isUnsupervised = false
        /// The entrance door, where it is the last thing or opened without any movement inside.
        package var door: Trace?
        /// Who lives there alone was moving, and then the door: perhaps they went out.
        package var exitByDoor = false
        /// The covering devices of the home: last heard, and whether it was alive at the deadline; without a heartbeat
        /// nobody knows.
        package var devices: [Device] = []
        /// The device whose death counts most, and since when.
        package var deadDevice: Int32 = -1
        package var deadSince: Instant?
        /// The longest stretch in which the box was blind.
        package var blindFrom: Instant?
        package var blindTo: Instant?
        /// Leaving leaves no trace, as an exit by button does.
        package var exitNotRecorded = false

        /// One covering device, as it was at the deadline.
        package struct Device: Equatable, Sendable {
            package var device: Int32
            package var last: Instant?
            package var isAlive: Bool?
            /// Its last evidence of life, to the second, and whether it is believed: a stuck sensor's is not.
            package var evidence: Instant?
            package var isWeak = false

            package init(device: Int32, last: Instant?, isAlive: Bool?) {
                self.device = device
                self.last = last
                self.isAlive = isAlive
            }
        }

        package init() {}
    }
}
