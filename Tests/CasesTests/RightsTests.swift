import TestSupport
import Testing
import Timekeeping
import Vocabulary

@testable import Cases

/// Who may do what: every role, verb, state, grid, link and handler against the tables as they are written down.
@Suite struct RightsTests {
    /// One asker before one case, in plain words.
    private struct Scene {
        var role: Role
        var state: AlertState
        var isOwnGrid: Bool
        var link: (isOfThis: Bool, role: String)?
        var handledIt: Bool
        var mayCheckOwn: Bool
        var isLifeSafety: Bool

        var asker: Asker {
            var asker = Asker(role, person: "me", grids: ["g1"])
            asker.linkedAlert = link.map { $0.isOfThis ? "a1" : "a2" }
            asker.linkedRole = link?.role
            return asker
        }

        var facts: CaseFacts {
            var facts = CaseFacts(
                alert: "a1", state: state, kind: isLifeSafety ? .sos : .doorForced, grid: isOwnGrid ? "g1" : "g2",
                handler: handledIt ? "me" : "other")
            facts.mayCheckOwn = mayCheckOwn
            facts.handledFor = .hours(1)
            facts.closedFor = .days(1)
            return facts
        }

        var seen: Bool {
            if role == .auditor { return false }
            if let link { return link.isOfThis }
            return role != .worker || isOwnGrid
        }

        /// The page's table of roles.
        func roleHas(_ verb: Verb) -> Bool {
            switch role {
            case .viewer, .auditor: return false
            case .manager, .admin: return true
            case .worker:
                let checks = ["property", "community", "street", "department:城管"].contains(link?.role ?? "")
                return "ack arrive handle return escalate note".split(separator: " ").contains { $0 == verb.rawValue }
                    || verb == .check && checks
            }
        }

        func may(_ verb: Verb) -> Bool {
            seen && roleHas(verb) && !(verb == .check && handledIt && !mayCheckOwn)
        }

        /// The page's table of states: from which each verb leads.
        private static let from: [Verb: String] = [
            .dispatch: "open dispatched acknowledged", .ack: "open dispatched",
            .arrive: "open dispatched acknowledged", .handle: "acknowledged on_site", .check: "handled",
            .close: "open dispatched acknowledged suspended", .reopen: "closed",
            .return: "open dispatched acknowledged on_site", .suspend: "acknowledged on_site", .resume: "suspended",
            .extend: "open dispatched acknowledged on_site handled suspended",
            .merge: "open dispatched acknowledged on_site handled suspended",
            .escalate: "open dispatched acknowledged on_site handled suspended",
            .note: "open dispatched acknowledged on_site handled suspended resolved closed",
        ]

        func isLegal(_ verb: Verb) -> Bool {
            let isFrom = Scene.from[verb]?.split(separator: " ").contains { $0 == state.rawValue } ?? false
            return isFrom && !(verb == .suspend && isLifeSafety)
        }
    }

    private static func all() -> [Scene] {
        let links: [(isOfThis: Bool, role: String)?] =
            [nil]
            + ["grid-worker", "property", "community", "street", "department:城管", "guard", "partner:城管"].flatMap {
                [(true, $0), (false, $0)]
            }
        var scenes: [Scene] = []
        for role in Role.allCases {
            for state in AlertState.allCases {
                for link in links {
                    for bits in 0..<16 {
                        scenes.append(
                            Scene(
                                role: role, state: state, isOwnGrid: bits & 1 > 0, link: link, handledIt: bits & 2 > 0,
                                mayCheckOwn: bits & 4 > 0, isLifeSafety: bits & 8 > 0))
                    }
                }
            }
        }
        return scenes
    }

    @Test func `each asker may what the page of roles and states says, and nothing else`() {
        let scenes = RightsTests.all()
        #expect(scenes.count == 5 * 8 * 15 * 16)
        var offered = 0
        for scene in scenes {
            let allowed = Rights.allowed(scene.asker, scene.facts)
            offered += allowed.count
            #expect(Rights.sees(scene.asker, scene.facts) == scene.seen, "\(scene)")
            for verb in Verb.allCases {
                #expect(Rights.may(verb, scene.asker, scene.facts) == scene.may(verb), "\(verb) of \(scene)")
            }
            #expect(allowed == Verb.allCases.filter { scene.may($0) && scene.isLegal($0) }, "\(scene)")
        }
        #expect(offered > 0)
    }

    @Test func `what is allowed is done, and what is not allowed to a manager is refused`() {
        var random = SeededRandom(for: "what is allowed is done")
        for _ in 0..<5000 {
            let state = random.pick(AlertState.allCases)
            let isLifeSafety = random.chance(30)
            var memory = CaseMemory()
            memory.assignee = random.pick(["me", "w2", nil])
            memory.isCalled = random.chance(30)
            let now = CaseTableTests.at
            if state == .handled {
                memory.handler = random.pick(["me", "w2"])
                memory.handledAt = now - .minutes(Int64(random.int(5...15)))
            }
            if state == .closed { memory.closedAt = now - .days(Int64(random.int(25...35))) }
            let work = Case(state, memory: memory, isLifeSafety: isLifeSafety)
            var facts = CaseFacts(
                alert: "a1", state: state, kind: isLifeSafety ? .sos : .doorForced, handler: memory.handler)
            facts.assignee = memory.assignee
            facts.isCalled = memory.isCalled
            facts.handledFor = memory.handledAt.map { now - $0 }
            facts.closedFor = memory.closedAt.map { now - $0 }
            let allowed = Rights.allowed(Asker(.manager, person: "me"), facts)
            for verb in Verb.allCases {
                var copy = work
                let isDone = CaseTableTests.change(copy.step(.act(.init(verb, actor: "me")), at: now)) != nil
                #expect(isDone == allowed.contains(verb), "seed \(random.seed): \(verb) of \(work)")
            }
        }
    }

    @Test func `an alert of no grid is each worker's, and a worker of no grid sees all`() {
        let bare = CaseFacts(alert: "a1", state: .open, kind: .sos)
        #expect(Rights.sees(Asker(.worker, person: "w1", grids: ["g1"]), bare))
        let foreign = CaseFacts(alert: "a1", state: .open, kind: .sos, grid: "g9")
        #expect(Rights.sees(Asker(.worker, person: "w1"), foreign))
        #expect(!Rights.sees(Asker(.worker, person: "w1", grids: ["g1"]), foreign))
    }
}
