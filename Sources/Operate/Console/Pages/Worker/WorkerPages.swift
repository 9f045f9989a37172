import Cases
import Community
import Diagnostics
import Foundation
import HTTPTypes
package import Hummingbird
import Ledger
import SiteConfiguration
import Timekeeping
import Vocabulary

/// The workers' pages under `/w/{token}`: the token is the right, for one alert and one recipient.
///
/// GET and HEAD change nothing: chats and mail scanners open links. A form's POST is answered by 303, or by a page that
/// says why nothing came of it. Order of the answers: an unknown or forged token is 404 (both look the same, and do the
/// same work), one that is used too often 429, a ledger that cannot answer 503, a link that has ended 410 without any
/// person in it; who opens a group's link is asked who they are before anything else is shown.
package struct WorkerPages: Sendable {
    static let viewsMax = 60
    static let postsMax = 20
    static let unknownMax = 10
    static let minute: Int64 = 60_000
    /// Tries to say who one is.
    static let triesMax = 5
    static let triesSpan: Int64 = 600_000
    static let visitorLasting = Milliseconds.hours(12)
    static let cookie = "who"

    let parts: WorkerPageParts
    let reader: PageReader
    let limits = RequestLimits()
    package let counters = PageCounters()

    package init(_ parts: WorkerPageParts) {
        self.parts = parts
        reader = PageReader(parts.ledger)
    }

    /// Adds the pages to a router.
    /// - Parameter address: from where a request comes, for the limit of those who try tokens.
    package func add<Context: RequestContext>(
        to router: some RouterMethods<Context>, address: @escaping @Sendable (Request, Context) -> String
    ) {
        router.get("/w/:token") { request, context in
            await show(ask(request, context, address), hasBody: true)
        }
        router.head("/w/:token") { request, context in
            await show(ask(request, context, address), hasBody: false)
        }
        router.post("/w/:token") { request, context in
            await post(ask(request, context, address))
        }
        router.post("/w/:token/who") { request, context in
            await identify(ask(request, context, address))
        }
        // Loading again after a name that did not fit.
        router.get("/w/:token/who") { request, context in
            let ask = ask(request, context, address)
            return LinkToken(ask.token) == nil ? unknown(ask, true) : PageResponse.seeOther("../" + ask.token)
        }
    }

    private func ask<Context: RequestContext>(
        _ request: Request, _ context: Context, _ address: @Sendable (Request, Context) -> String
    ) -> Ask {
        Ask(
            request: request, token: context.parameters.get("token") ?? "", address: address(request, context),
            language: WorkerPages.language(request.headers[.acceptLanguage], else: parts.site.language))
    }

    /// One request, as far as all of them are the same.
    struct Ask {
        var request: Request
        var token: String
        var address: String
        var language: Language
    }

    /// What a token opens.
    enum Opening {
        /// An answer, and nothing else.
        case closed(Response)
        /// A group's link, before its reader said who they are.
        case asked(LinkedAlert, CaseStory)
        case open(LinkedAlert, CaseStory, Worker)
    }

    // MARK: Showing

    private func show(_ ask: Ask, hasBody: Bool) async -> Response {
        switch await open(ask, .view, most: WorkerPages.viewsMax, hasBody: hasBody) {
        case .closed(let response): return response
        case .asked(_, let story):
            counters.count(.shown)
            let html = VisitorPage.html(
                ask.language, number: story.number, action: ask.token + "/who", isWrong: false)
            return PageResponse.html(.ok, html, hasBody: hasBody)
        case .open(_, let story, let worker):
            counters.count(.shown)
            return PageResponse.html(.ok, page(ask, story, worker).html(), hasBody: hasBody)
        }
    }

    func page(_ ask: Ask, _ story: CaseStory, _ worker: Worker, notice: LocalizedText? = nil) -> WorkerPage {
        let (asker, facts) = rights(story, worker)
        return WorkerPage(
            story: story, worker: worker,
            contacts: CaseContacts(parts.registry, person: story.last.person, place: story.last.place),
            registry: parts.registry, site: parts.site, language: ask.language,
            allowed: Set(Rights.allowed(asker, facts)), now: parts.now(), key: { Hex.string(parts.random(16)) },
            notice: notice)
    }

    func rights(_ story: CaseStory, _ worker: Worker) -> (Asker, CaseFacts) {
        var asker = Asker(.worker, person: worker.id)
        asker.linkedAlert = story.id
        asker.linkedRole = worker.role
        return (asker, story.facts(at: parts.now()))
    }

    // MARK: Opening

    /// Looks at the token, the limits and the ledger; changes nothing.
    func open(_ ask: Ask, _ purpose: RequestLimits.Purpose, most: Int, hasBody: Bool = true) async -> Opening {
        guard let token = LinkToken(ask.token) else { return .closed(unknown(ask, hasBody)) }
        let hash = token.hash
        let asked = await reader.ask { ledger throws(LedgerError) in try ledger.linked(hash: hash) }
        guard let found = asked else { return .closed(unavailable(ask, hasBody)) }
        guard let linked = found else {
            parts.key.refuse(token)
            return .closed(unknown(ask, hasBody))
        }
        guard parts.key.opens(token, linked.link) else { return .closed(unknown(ask, hasBody)) }
        if let wait = limits.excess(
            purpose, hash, most: most, span: WorkerPages.minute, now: parts.steady())
        {
            return .closed(limited(ask, wait, hasBody))
        }
        let now = parts.now()
        guard linked.link.isOpen(at: now, over: linked.over),
            let story = CaseStory(linked, mayCheckOwn: linked.alert.map(parts.mayCheckOwn) ?? false)
        else { return .closed(ended(ask, linked.link, hasBody)) }
        guard linked.link.recipient.isGroup else {
            guard let worker = worker(linked.link.recipient.name) else {
                return .closed(ended(ask, linked.link, hasBody))
            }
            return .open(linked, story, worker)
        }
        guard let text = WorkerPages.cookie(ask.request), let id = parts.key.worker(text, of: linked.link, at: now),
            let worker = readers(of: linked.link).first(where: { $0.id == id })
        else { return .asked(linked, story) }
        return .open(linked, story, worker)
    }

    private func worker(_ id: String) -> Worker? {
        parts.registry.worker(id).map { parts.registry.workers[Int($0.index)] }
    }

    /// Who may read a group's messages: those whose channel it is; where nobody has it, every worker.
    func readers(of link: Link) -> [Worker] {
        let readers = parts.registry.workers.filter { worker in
            worker.channels.contains { $0.channel == link.recipient.name }
        }
        return readers.isEmpty ? parts.registry.workers : readers
    }

    private static func cookie(_ request: Request) -> String? {
        for part in (request.headers[.cookie] ?? "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            if pair[0].drop(while: { $0 == " " }) == cookie { return String(pair[1]) }
        }
        return nil
    }

    /// The first of the browser's languages that there is; else the site's.
    static func language(_ accepted: String?, else site: Language) -> Language {
        let wanted = (accepted ?? "").split(separator: ",").enumerated().compactMap {
            index, part -> (Double, Int, Language)? in
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let name = pieces.first else { return nil }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if weight <= 0 { return nil }
            if name.hasPrefix("zh") { return (weight, -index, .zhHans) }
            return name.hasPrefix("en") ? (weight, -index, .en) : nil
        }
        return wanted.max { ($0.0, $0.1) < ($1.0, $1.1) }?.2 ?? site
    }

    // MARK: Answers without a case

    private func unknown(_ ask: Ask, _ hasBody: Bool) -> Response {
        counters.count(.unknown)
        let wait = limits.excess(
            .unknown, ask.address, most: WorkerPages.unknownMax, span: WorkerPages.minute, now: parts.steady())
        if let wait { return limited(ask, wait, hasBody) }
        return PageResponse.html(.notFound, PlainPage.unknown(ask.language), hasBody: hasBody)
    }

    func limited(_ ask: Ask, _ wait: Int, _ hasBody: Bool = true) -> Response {
        counters.count(.limited)
        return PageResponse.html(
            .tooManyRequests, PlainPage.tooMany(ask.language, seconds: wait), hasBody: hasBody, retryAfter: wait)
    }

    func unavailable(_ ask: Ask, _ hasBody: Bool = true) -> Response {
        counters.count(.unavailable)
        return PageResponse.html(
            .serviceUnavailable, PlainPage.unavailable(ask.language), hasBody: hasBody, retryAfter: 5)
    }

    private func ended(_ ask: Ask, _ link: Link, _ hasBody: Bool) -> Response {
        counters.count(.ended)
        let html = PlainPage.ended(ask.language, number: link.alert.prefix(6).uppercased())
        return PageResponse.html(.gone, html, hasBody: hasBody)
    }
}
