import Cases
import Community
import Diagnostics
import Feeds
import Hummingbird
import Ledger
import Vocabulary

extension API {
    /// A verb an operation. Who may, is `Rights`' to say: here stand those who may do anything at all.
    static let actOperations: [Operation] = Verb.allCases.map { verb in
        Operation(
            id: "\(verb.rawValue)Alert", method: .post, path: "/alerts/{id}/\(verb.rawValue)", summary: summary(verb),
            roles: doers(verb), lookers: [.worker], parameters: [alertField], body: ActFields.body(verb),
            result: .json("Alert"),
            mayConflict: true
        ) { call throws(Problem) in try await call.api.act(verb, call) }
    }

    private static func doers(_ verb: Verb) -> Set<Role> {
        let asker = Asker(.worker, person: "")
        // Over a link a worker checks as well; by a token not.
        return Rights.has(asker, verb) ? [.worker, .manager, .admin] : [.manager, .admin]
    }

    private static func summary(_ verb: Verb) -> String {
        switch verb {
        case .dispatch: "Sends somebody (派遣)."
        case .ack: "Takes it (签收)."
        case .arrive: "Is there (到场)."
        case .handle: "Reports what was found (处置反馈)."
        case .check: "Checks what another handled, and closes it, or gives it back (核查结案)."
        case .close: "Closes it without a visit."
        case .reopen: "Opens it again (返工)."
        case .return: "Gives it back (回退)."
        case .suspend: "Stops its clocks until a day (挂账)."
        case .resume: "Goes on with it."
        case .extend: "Gives it more time (延时)."
        case .merge: "Makes it part of another (并案)."
        case .escalate: "Tells the next tier, or whom it names (升级、吹哨); `reason: no_access` 敲门无人应."
        case .note: "Adds a note."
        }
    }

    private func act(_ verb: Verb, _ call: Call) async throws(Problem) -> Response {
        let asker = call.caller.asker
        let found = try await alert(call.needed("id"), for: asker)
        guard Rights.may(verb, asker, found.facts) else {
            throw .forbidden("\(verb.rawValue) of this alert is for others to do")
        }
        var act = try ActFields.act(verb, alert: found.row.id, call.body, by: call.caller)
        if let into = act.into {
            do throws(Problem) {
                act.into = try await alert(into, for: asker).row.id
            } catch {
                throw error.status == 503 ? error : .badField("into", "there is no such alert, or more than one")
            }
        }
        try ActFields.check(
            verb, call.body, into: act.into, for: found.facts.kind, at: parts.now(), in: zone)
        if let to = act.to { try checkAddressee(to) }
        act.mayCheckOwn = found.facts.mayCheckOwn
        switch await parts.desk.act(act) {
        case .done(let record, let ordinal): return try await changed(record, ordinal, call)
        case .refused(let why, let state): throw conflict(why, state, found, call)
        case .keyReused:
            throw conflicted(
                "key_reused", "this person used the key for something else before", found.facts.state, found, call)
        case .unavailable: throw .unavailable("the journal cannot store now; send it again with the same key")
        case .busy: throw .tooMany("too many acts wait already; send it again with the same key", retryAfter: 1)
        }
    }

    /// The alert as an act left it: the same bytes whenever the act is told again.
    private func changed(_ record: Int64, _ ordinal: Int32, _ call: Call) async throws(Problem) -> Response {
        let asker = call.caller.asker
        let mayCheckOwn = parts.mayCheckOwn
        let answer = try await read { (ledger) throws(LedgerError) -> (AlertJSON, [Verb])? in
            guard let event = try ledger.event(record: record, ordinal: ordinal) else { return nil }
            let json = AlertJSON(event)
            let own = try ledger.alert(id: event.alert).map(mayCheckOwn) ?? false
            // Ages are those of its own moment, so that the answer is the same later.
            let facts = try CaseHistory.facts(of: json, mayCheckOwn: own, at: event.at, ledger)
            return (json, Rights.allowed(asker, facts))
        }
        // What is committed is there.
        guard let (json, allowed) = answer else { throw .unavailable("the answer cannot be read now") }
        return API.json { json.write(to: &$0, allowed: allowed, clocks: nil) }
    }

    private func conflict(
        _ why: CaseAnswer.Refusal, _ state: AlertState?, _ found: Found, _ call: Call
    ) -> Problem {
        let state = state ?? found.facts.state
        if state == .resolved {
            return conflicted("resolved", "its condition is over, which is final", state, found, call)
        }
        switch why {
        case .isRepeated: return conflicted("repeated", why.meaning.en, state, found, call)
        case .isTooOld: return conflicted("too_old", why.meaning.en, state, found, call)
        case .isIntoNothing: return conflicted("into_nothing", why.meaning.en, state, found, call)
        default: return conflicted("not_legal", why.meaning.en, state, found, call)
        }
    }

    private func conflicted(
        _ code: String, _ detail: String, _ state: AlertState, _ found: Found, _ call: Call
    ) -> Problem {
        var facts = found.facts
        facts.state = state
        var problem = Problem(409, code, "not legal now", detail)
        problem.state = state.rawValue
        problem.allowed = Rights.allowed(call.caller.asker, facts).map(\.rawValue)
        return problem
    }

    /// A role of the registry, a department, a partner, or a worker that there is.
    private func checkAddressee(_ to: String) throws(Problem) {
        let sides = to.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if sides.count == 2 {
            switch sides[0] {
            case "department", "partner": if !sides[1].isEmpty { return }
            case "worker": if parts.registry.worker(sides[1]) != nil { return }
            default: break
            }
        } else if API.roles.contains(to.replacing("_", with: "-"))
            || parts.registry.workers.contains(where: { $0.role == to.replacing("_", with: "-") })
        {
            return
        }
        throw .badField("to", "a role, department:NAME, partner:NAME or worker:ID of the registry is needed")
    }

    private static let roles: Set = [
        "grid-worker", "guard", "property", "community", "street", "family", "volunteers",
    ]
}
