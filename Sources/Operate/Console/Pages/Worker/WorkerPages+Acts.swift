import Cases
import Community
import Diagnostics
import Feeds
import HTTPTypes
import Hummingbird
import Ledger
import SiteConfiguration
import Timekeeping
import Vocabulary

// What a form does: it is read strictly, held against the rights, and given to the desk. The same key again is the same
// act, and gets the same answer.

extension WorkerPages {
    func post(_ ask: Ask) async -> Response {
        let (linked, story, worker): (LinkedAlert, CaseStory, Worker)
        switch await open(ask, .post, most: WorkerPages.postsMax) {
        case .closed(let response): return response
        case .asked: return PageResponse.seeOther(ask.token)
        case .open(let opened, let told, let person): (linked, story, worker) = (opened, told, person)
        }
        guard FormOrigin.isOurs(ask.request, own: origin) else { return foreign(ask) }
        guard let form = await form(ask.request) else { return malformed(ask) }
        let act: Act
        do throws(FormProblem) {
            act = try ActReading(form, story, worker, at: parts.now(), parts.site.zone).act()
        } catch {
            return problem(error, form, ask, story, worker)
        }
        // The answer was lost on its way, or the button pressed twice.
        if story.has(act: act.key ?? "", of: worker.id) { return done(ask) }
        let (asker, facts) = rights(story, worker)
        guard let verb = Verb(rawValue: act.verb), Rights.allowed(asker, facts).contains(verb) else {
            return tooLate(ask, story, worker)
        }
        return await answer(await parts.desk.act(act), ask, linked, worker)
    }

    private func answer(_ answer: ActAnswer, _ ask: Ask, _ linked: LinkedAlert, _ worker: Worker) async -> Response {
        switch answer {
        case .done, .refused(.isRepeated, _):
            counters.count(.done)
            let (hash, now) = (linked.link.hash, parts.now())
            // That the link was used is good to know, and no reason to say that nothing was kept.
            _ = await reader.ask { ledger throws(LedgerError) in try ledger.useLink(hash: hash, at: now) }
            return PageResponse.seeOther(ask.token)
        case .refused, .keyReused:
            // What it is now, not what it was when the form was shown.
            switch await open(ask, .post, most: WorkerPages.postsMax) {
            case .closed(let response): return response
            case .asked: return PageResponse.seeOther(ask.token)
            case .open(_, let story, let worker): return tooLate(ask, story, worker)
            }
        case .unavailable: return unavailable(ask)
        case .busy: return limited(ask, 2)
        }
    }

    private func done(_ ask: Ask) -> Response {
        counters.count(.done)
        return PageResponse.seeOther(ask.token)
    }

    private func tooLate(_ ask: Ask, _ story: CaseStory, _ worker: Worker) -> Response {
        counters.count(.refused)
        let notice = LocalizedText(
            zh: "没有提交成功：这件事的状态已经变了，下面是现在的情况。",
            en: "Nothing came of it: the case has moved on meanwhile. This is how it stands.")
        return PageResponse.html(.conflict, page(ask, story, worker, notice: notice).html())
    }

    private func problem(
        _ problem: FormProblem, _ form: FormBody, _ ask: Ask, _ story: CaseStory, _ worker: Worker
    ) -> Response {
        switch problem {
        case .malformed: return malformed(ask)
        case .wantsConfirmation(let fields):
            let place = page(ask, story, worker).place
            return PageResponse.html(
                .ok, ConfirmPage.html(ask.language, place: place, fields: fields, back: ask.token))
        case .wrong(let words):
            return PageResponse.html(.badRequest, page(ask, story, worker, notice: words).html())
        }
    }

    private func malformed(_ ask: Ask) -> Response {
        PageResponse.html(.badRequest, PlainPage.malformed(ask.language))
    }

    func foreign(_ ask: Ask) -> Response {
        counters.count(.foreign)
        return PageResponse.html(.forbidden, PlainPage.foreign(ask.language))
    }

    /// Scheme, host and port of the address from outside.
    var origin: String? {
        guard let url = parts.publicURL, let scheme = url.firstRange(of: "://") else { return nil }
        let host = url[scheme.upperBound...].prefix { $0 != "/" }
        return String(url[..<scheme.upperBound]) + String(host)
    }

    /// Nil where it is no form, or larger than one.
    func form(_ request: Request) async -> FormBody? {
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("application/x-www-form-urlencoded") else { return nil }
        do {
            let body = try await request.body.collect(upTo: FormBody.bytesMax)
            return FormBody(Array(body.readableBytesView))
        } catch {
            return nil  // Too long, or the connection ended: nothing was sent that could be kept.
        }
    }

    // MARK: Who opened a group's link

    func identify(_ ask: Ask) async -> Response {
        let (linked, story): (LinkedAlert, CaseStory)
        switch await open(ask, .post, most: WorkerPages.postsMax) {
        case .closed(let response): return response
        case .open: return PageResponse.seeOther("../" + ask.token)
        case .asked(let opened, let told): (linked, story) = (opened, told)
        }
        guard FormOrigin.isOurs(ask.request, own: origin) else { return foreign(ask) }
        let wait = limits.excess(
            .visitor, linked.link.hash, most: WorkerPages.triesMax, span: WorkerPages.triesSpan, now: parts.steady())
        if let wait { return limited(ask, wait) }
        let form = await form(ask.request)
        guard let name = form?["name"], let digits = form?["digits"],
            let worker = WorkerPages.worker(named: name, digits: digits, among: readers(of: linked.link))
        else {
            counters.count(.unnamed)
            let html = VisitorPage.html(ask.language, number: story.number, action: "who", isWrong: true)
            return PageResponse.html(.forbidden, html)
        }
        let until = parts.now() + WorkerPages.visitorLasting
        // Without a path it belongs to the folder of this address, which is the page's own, whatever path a proxy has
        // put before it (RFC 6265 §5.1.4).
        let cookie =
            "\(WorkerPages.cookie)=\(parts.key.visitor(worker.id, until: until, of: linked.link)); Max-Age="
            + "\(WorkerPages.visitorLasting.count / 1000); HttpOnly; SameSite=Lax"
            + (parts.publicURL?.hasPrefix("https://") ?? false ? "; Secure" : "")
        return PageResponse.seeOther("../" + ask.token, cookie: cookie)
    }

    /// Whose name and last four digits these are; nil where nobody's.
    static func worker(named name: String, digits: String, among workers: [Worker]) -> Worker? {
        guard digits.utf8.count == 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        func folded(_ name: String) -> String { name.filter { !$0.isWhitespace }.lowercased() }
        return workers.first { worker in
            let phone = worker.phone.filter { ("0"..."9").contains($0) }
            return phone.count >= 7 && phone.hasSuffix(digits) && folded(worker.name) == folded(name)
                && !worker.name.isEmpty
        }
    }
}
