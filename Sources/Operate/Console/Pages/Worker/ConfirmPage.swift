import Diagnostics

/// That somebody has died is asked once more, on a page of its own (WCAG 3.3.4).
enum ConfirmPage {
    /// - Parameter fields: all that was sent, to be sent again as it was.
    static func html(_ language: Language, place: String, fields: [(name: String, value: String)], back: String)
        -> String
    {
        func say(_ zh: String, _ en: String) -> String { language == .en ? en : zh }
        let title = say("请再确认一次", "Please confirm")
        return HTMLWriter.page(language: language.rawValue, title: title, style: PageStyle.sheet) { writer in
            writer.element("main") { writer in
                writer.element("h1", [:], title)
                writer.element("section", ["class": "alarm"]) { writer in
                    writer.element(
                        "p", [:],
                        say(
                            "将报告：\(place)，已故。确认无误后再提交。",
                            "You are about to report: \(place), deceased. Send it only if that is so."))
                    writer.element("form", ["method": "post", "accept-charset": "utf-8"]) { writer in
                        for field in fields { writer.hidden(field.name, field.value) }
                        writer.hidden("sure", "yes")
                        writer.element("button", ["type": "submit", "class": "red"], say("确认已故", "Confirm: deceased"))
                    }
                    writer.element("a", ["class": "call", "href": back], say("返回，不提交", "Back, without sending"))
                }
            }
        }
    }
}
