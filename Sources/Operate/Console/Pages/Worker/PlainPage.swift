import Diagnostics

/// A page that says one thing: that a link opens nothing, or nothing any more, that it is to be tried again. It knows
/// no person and no place.
enum PlainPage {
    /// - Parameter number: an alert's short number.
    static func html(_ language: Language, _ title: LocalizedText, _ words: LocalizedText, number: String? = nil)
        -> String
    {
        let title = title.text(in: language)
        return HTMLWriter.page(language: language.rawValue, title: title, style: PageStyle.sheet) { writer in
            writer.element("main") { writer in
                writer.element("h1", [:], title)
                writer.element("section") { writer in
                    writer.element("p", [:], words.text(in: language))
                    if let number {
                        writer.element(
                            "p", [:], LocalizedText(zh: "编号 \(number)", en: "No. \(number)").text(in: language))
                    }
                }
            }
        }
    }

    static func unknown(_ language: Language) -> String {
        html(
            language, LocalizedText(zh: "链接无效", en: "This link opens nothing"),
            LocalizedText(
                zh: "请从收到的消息里重新打开；仍打不开，请把消息里的编号报给值班台。",
                en:
                    "Please open it from the message again; if that does not help, tell the duty desk the number in "
                    + "the message."))
    }

    static func ended(_ language: Language, number: String) -> String {
        html(
            language, LocalizedText(zh: "链接已失效", en: "This link has ended"),
            LocalizedText(
                zh: "这件事已结束、已转交他人，或链接已过期。有情况请联系值班台，报下面的编号。",
                en: "The case is over, somebody else has it, or the link is too old. If there is anything to report, "
                    + "please call the duty desk and give this number."), number: number)
    }

    static func tooMany(_ language: Language, seconds: Int) -> String {
        html(
            language, LocalizedText(zh: "操作太频繁", en: "Too often"),
            LocalizedText(zh: "请\(seconds)秒后再试。", en: "Please try again in \(seconds) s."))
    }

    static func unavailable(_ language: Language) -> String {
        html(
            language, LocalizedText(zh: "暂时无法保存", en: "It cannot be stored just now"),
            LocalizedText(
                zh: "没有记下任何内容。请稍后再试；情况紧急请直接打电话给值班台。",
                en: "Nothing was kept. Please try again in a moment; where it is urgent, call the duty desk."))
    }

    static func foreign(_ language: Language) -> String {
        html(
            language, LocalizedText(zh: "没有提交", en: "Nothing was sent"),
            LocalizedText(
                zh: "这个表单不是从本页面发出的。请从消息里重新打开链接。",
                en: "This form does not come from our page. Please open the link from the message again."))
    }

    static func malformed(_ language: Language) -> String {
        html(
            language, LocalizedText(zh: "内容不完整", en: "Something is missing"),
            LocalizedText(zh: "请返回上一页，重新填写后再提交。", en: "Please go back, fill it in again and send it."))
    }
}
