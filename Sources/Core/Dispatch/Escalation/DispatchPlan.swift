import SiteConfiguration
import Timekeeping

/// Who is told of an alert and when the next ones are: frozen when it begins, whatever the configuration says later.
/// Who stands behind a target is looked up when it is told.
///
/// Law: tiers ascend by their time; the first is at zero. Several routes that are taken are one plan. Cost: some
/// hundred bytes.
struct DispatchPlan: Equatable, Sendable {
    /// Of one route.
    struct Part: Equatable, Sendable {
        var route: Int
        var targets: [Target]
        /// The desk is to dispatch; a tier behind it is whoever it would dispatch to.
        var isDesk = false
    }

    struct Tier: Equatable, Sendable {
        /// Since the plan began.
        var after: Milliseconds
        var parts: [Part]
    }

    /// The places of the routes that were taken.
    var routes: [Int] = []
    /// Empty where no route was taken.
    var tiers: [Tier] = []
    var check = CheckSettings()
    var isSelfChecked = false
    var `repeat`: Milliseconds?

    /// So long after an acknowledgement somebody is to be there, where no limit says otherwise.
    static let arriveWithin = Milliseconds.minutes(10)
    /// So long somebody who is asked for has to acknowledge, where no tier says how long.
    static let acknowledgeWithin = Milliseconds.minutes(10)
    /// So long a case may be in hand without a step.
    static let stillAfter = Milliseconds.hours(2)
    /// A desk that was not seen for so long is none.
    static let deskUnseenAfter = Milliseconds.minutes(5)

    init() {}

    /// - Parameters:
    ///   - taken: the places of the routes, in their order.
    ///   - mayWait: a desk may be waited for.
    ///   - isProgram: such a target gets each change from the beginning, desk or not.
    init(_ settings: [RouteSettings], taken: [Int], mayWait: Bool, isProgram: (Target) -> Bool) {
        routes = taken
        var steps: [(after: Milliseconds, part: Part)] = []
        for place in taken {
            let route = settings[place]
            var begin = Milliseconds.zero
            if let desk = route.desk {
                steps.append((begin, Part(route: place, targets: desk.to, isDesk: mayWait)))
                let programs = route.to.filter(isProgram)
                if !programs.isEmpty { steps.append((begin, Part(route: place, targets: programs))) }
                if mayWait { begin = desk.after }
            }
            steps.append((begin, Part(route: place, targets: route.to)))
            for step in route.escalate {
                steps.append((begin + step.after, Part(route: place, targets: step.to)))
            }
        }
        for after in Set(steps.map(\.after)).sorted() {
            tiers.append(Tier(after: after, parts: steps.filter { $0.after == after }.map(\.part)))
        }
        check = taken.map { settings[$0].check }.first { $0 != CheckSettings() } ?? CheckSettings()
        isSelfChecked = taken.contains { settings[$0].isSelfChecked }
        `repeat` = taken.compactMap { settings[$0].repeat }.min()
    }

    /// How long behind a tier the next one is told; nil where there is none.
    func gap(behind tier: Int) -> Milliseconds? {
        guard tier + 1 < tiers.count else { return nil }
        return tier < 0 ? .zero : tiers[tier + 1].after - tiers[tier].after
    }

    /// The tier that a desk is waited for in front of; nil where none is.
    var deskTier: Int? { tiers.first.flatMap { $0.parts.contains(where: \.isDesk) && tiers.count > 1 ? 1 : nil } }

    /// The first tier that has a target; nil where none has.
    func tier(of target: Target) -> Int? {
        tiers.firstIndex { $0.parts.contains { $0.targets.contains(target) } }
    }
}
