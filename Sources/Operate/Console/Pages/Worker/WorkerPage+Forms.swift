import Cases
import Diagnostics
import Timekeeping
import Vocabulary

// The buttons: each is a form with the verb, a key of its own, and what its reader has seen.

extension WorkerPage {
    func forms(_ writer: inout HTMLWriter) {
        if story.isOver { return }
        switch story.state {
        case .open, .dispatched:
            if allowed.contains(.ack) { main(.ack, say("签收", "Accept"), &writer) }
            handBack(&writer)
        case .acknowledged where !isOthers:
            if allowed.contains(.arrive) { main(.arrive, say("我已到场", "I am there"), &writer) }
            if isAboutPeople, allowed.contains(.handle) { byPhone(&writer) }
            noAccess(&writer)
            handBack(&writer)
        case .onSite where !isOthers:
            result(&writer)
            noAccess(&writer)
            handBack(&writer)
        case .acknowledged where allowed.contains(.ack) && story.noAccessAt != nil,
            .onSite where allowed.contains(.ack) && story.noAccessAt != nil:
            main(.ack, say("我来接手", "I take it over"), &writer)
        case .handled:
            if allowed.contains(.check) { check(&writer) }
            if mayCorrect { correction(&writer) }
        case .acknowledged, .onSite, .suspended, .resolved, .closed: break
        }
        if allowed.contains(.note) { note(&writer) }
    }

    private func form(_ verb: Verb, _ writer: inout HTMLWriter, _ fields: (inout HTMLWriter) -> Void) {
        writer.element("form", ["method": "post", "accept-charset": "utf-8"]) { writer in
            writer.hidden("verb", verb.rawValue)
            writer.hidden("key", key())
            writer.hidden("seen", story.seen)
            fields(&writer)
        }
    }

    private func button(_ words: String, _ look: String? = nil, _ writer: inout HTMLWriter) {
        writer.element("button", ["type": "submit", "class": look], words)
    }

    private func main(_ verb: Verb, _ words: String, _ writer: inout HTMLWriter) {
        form(verb, &writer) { button(words, "main", &$0) }
    }

    private func byPhone(_ writer: inout HTMLWriter) {
        form(.handle, &writer) { writer in
            writer.hidden("found", FoundChoice.well.rawValue)
            writer.hidden("by", "phone")
            button(say("打电话已确认平安", "Called: all is well"), nil, &writer)
        }
    }

    private func noAccess(_ writer: inout HTMLWriter) {
        guard isAboutPeople, story.noAccessAt == nil, allowed.contains(.escalate) else { return }
        form(.escalate, &writer) { writer in
            writer.hidden("reason", CaseStory.noAccess)
            button(say("敲门无人应", "Nobody opens"), "red", &writer)
        }
    }

    // MARK: The result

    private func result(_ writer: inout HTMLWriter) {
        guard allowed.contains(.handle) else { return }
        writer.element("section") { writer in
            writer.element("h2", [:], say("情况如何", "What did you find"))
            resultForm(&writer)
        }
    }

    private func correction(_ writer: inout HTMLWriter) {
        writer.element("details") { writer in
            writer.element("summary", [:], say("填错了，更正（10分钟内）", "Correct it (within 10 minutes)"))
            resultForm(&writer)
        }
    }

    private func resultForm(_ writer: inout HTMLWriter) {
        form(.handle, &writer) { writer in
            writer.hidden("by", "visit")
            // Folded, what is in it is sent all the same; open where something of it has to be corrected.
            writer.element("details", ["class": "more", "open": notice == nil ? nil : ""]) { writer in
                writer.element(
                    "summary", [:],
                    isAboutPeople
                        ? say("补充：说明、外出日期等", "More: words, away until")
                        : say("补充：说明等", "More: in words"))
                writer.element("label", ["for": "text"], say("说明（可不填）", "In words (optional)"))
                writer.element("textarea", ["id": "text", "name": "text", "maxlength": "500", "rows": "2"], "")
                if isAboutPeople {
                    writer.element("label", ["for": "until"], say("外出到哪天（选“外出”时填）", "Away until (where away)"))
                    writer.void("input", ["type": "date", "id": "until", "name": "until"])
                }
                choice(
                    "alert_right", say("这次提醒对吗", "Was this alert right"),
                    [("yes", say("对", "Yes")), ("no", say("不对", "No"))], &writer)
                choice(
                    "device", say("设备情况", "The device"),
                    [
                        ("ok", say("正常", "Works")), ("faulty", say("有故障", "Faulty")),
                        ("replaced", say("已更换", "Replaced")),
                    ], &writer)
            }
            writer.element("div", ["class": "found"]) { writer in
                for found in isAboutPeople ? FoundChoice.ofPeople : FoundChoice.ofThings {
                    writer.element(
                        "button",
                        [
                            "type": "submit", "name": "found", "value": found.rawValue,
                            "class": found == .deceased ? "grave" : nil,
                        ], say(found.title))
                }
            }
        }
    }

    private func choice(
        _ name: String, _ title: String, _ options: [(value: String, title: String)], _ writer: inout HTMLWriter
    ) {
        writer.element("label", ["for": name], title)
        writer.element("select", ["id": name, "name": name]) { writer in
            writer.element("option", ["value": "-"], say("不填", "No answer"))
            for option in options { writer.element("option", ["value": option.value], option.title) }
        }
    }

    // MARK: The rest

    private func handBack(_ writer: inout HTMLWriter) {
        guard allowed.contains(.return), isMine || story.state == .onSite || story.state == .acknowledged else {
            return
        }
        writer.element("details") { writer in
            writer.element("summary", [:], say("转回值班台", "Hand it back"))
            form(.return, &writer) { writer in
                writer.element("label", ["for": "reason"], say("原因", "Why"))
                writer.element("select", ["id": "reason", "name": "reason"]) { writer in
                    for reason in PageWords.returnReasons {
                        writer.element("option", ["value": reason.word], say(reason.title))
                    }
                }
                writer.element("label", ["for": "return-text"], say("说明（可不填）", "In words (optional)"))
                writer.void("input", ["type": "text", "id": "return-text", "name": "text", "maxlength": "200"])
                button(say("转回", "Hand back"), nil, &writer)
            }
        }
    }

    private func check(_ writer: inout HTMLWriter) {
        writer.element("section") { writer in
            writer.element("h2", [:], say("核查", "Check"))
            form(.check, &writer) { writer in
                writer.element("label", ["for": "check-text"], say("说明（可不填）", "In words (optional)"))
                writer.void("input", ["type": "text", "id": "check-text", "name": "text", "maxlength": "200"])
                writer.element(
                    "button", ["type": "submit", "name": "ok", "value": "yes", "class": "main"],
                    say("通过，结案", "In order: close"))
                writer.element(
                    "button", ["type": "submit", "name": "ok", "value": "no", "class": "red"],
                    say("不通过，退回重办", "Not in order: do it again"))
            }
        }
    }

    private func note(_ writer: inout HTMLWriter) {
        writer.element("details") { writer in
            writer.element("summary", [:], say("加一条备注", "Add a note"))
            form(.note, &writer) { writer in
                writer.element("label", ["for": "note-text"], say("备注", "Note"))
                writer.element(
                    "textarea", ["id": "note-text", "name": "text", "maxlength": "500", "rows": "2", "required": ""], ""
                )
                button(say("保存备注", "Save the note"), nil, &writer)
            }
        }
    }

    // MARK: Calls

    func calls(_ writer: inout HTMLWriter) {
        guard isAboutPeople else { return }
        let all = callList
        guard !all.isEmpty else { return }
        writer.element("section") { writer in
            writer.element("h2", [:], say("打电话", "Call"))
            for call in all { self.call(call.words, call.phone, &writer) }
        }
    }

    func noAccessPanel(_ writer: inout HTMLWriter) {
        writer.element("section", ["class": "alarm"]) { writer in
            writer.element("h2", [:], say("敲门无人应", "Nobody opens"))
            writer.element(
                "p", [:],
                say(
                    "已上报上一级。请联系家属、钥匙人；情况紧急请报警，由警察或钥匙人开门。",
                    "The next tier was told. Please call the family and who keeps a key; where it is urgent, the "
                        + "police, who may open the door."))
            for call in callList { self.call(call.words, call.phone, &writer) }
            self.call(say("报警", "Police"), "110", &writer)
            self.call(say("火警", "Fire brigade"), "119", &writer)
            self.call(say("急救", "Ambulance"), "120", &writer)
        }
        if !isOthers, allowed.contains(.escalate) {
            form(.note, &writer) { writer in
                writer.hidden("text", say("再次敲门，仍无人应", "Knocked again, nobody opens"))
                button(say("再次敲门，仍无人应", "Knocked again, still nobody"), nil, &writer)
            }
        }
    }

    private var callList: [(words: String, phone: String)] {
        contacts.residents.map { (say("本人 ", "Resident ") + PageText.piece($0.name), $0.phone) }
            + contacts.family.map { (say("家属 ", "Family ") + PageText.piece($0.name), $0.phone) }
            + contacts.keyHolders.map { (say("钥匙人", "Key holder"), $0) }
    }

    /// A button that dials, or the words where there is no number in them.
    private func call(_ words: String, _ phone: String, _ writer: inout HTMLWriter) {
        guard let number = PageText.dialled(phone) else {
            if !phone.isEmpty { writer.element("p", [:], words + say("：", ": ") + PageText.piece(phone)) }
            return
        }
        writer.element("a", ["class": "call", "href": "tel:" + number], words + " " + PageText.piece(phone))
    }
}
