import Diagnostics

/// Who opens a group's link is asked who they are, before anything of the case is shown.
enum VisitorPage {
    /// - Parameters:
    ///   - action: where the form goes, relative to the page's address.
    ///   - isWrong: the try before this did not fit.
    static func html(_ language: Language, number: String, action: String, isWrong: Bool) -> String {
        func say(_ zh: String, _ en: String) -> String { language == .en ? en : zh }
        let title = say("请先登记姓名", "Who are you")
        return HTMLWriter.page(language: language.rawValue, title: title, style: PageStyle.sheet) { writer in
            writer.element("main") { writer in
                writer.element("h1", [:], title)
                if isWrong {
                    writer.element("section", ["class": "alarm", "role": "alert"]) { writer in
                        writer.element(
                            "p", [:],
                            say(
                                "姓名和电话对不上，请再填一次；仍不对，请联系值班台。",
                                "Name and phone do not fit; please try again, or call the duty desk."))
                    }
                }
                writer.element("section") { writer in
                    writer.element(
                        "p", [:],
                        say(
                            "这条消息发在群里。填写登记的姓名和手机号后四位，就能查看并处理编号 \(number)。",
                            "This message went to a group. With your name and the last four digits of your phone, as "
                                + "they are registered, you can see and take no. \(number)."))
                    writer.element("form", ["method": "post", "action": action, "accept-charset": "utf-8"]) { writer in
                        writer.element("label", ["for": "name"], say("姓名", "Name"))
                        writer.void(
                            "input",
                            [
                                "type": "text", "id": "name", "name": "name", "maxlength": "60", "autocomplete": "name",
                                "required": "",
                            ])
                        writer.element("label", ["for": "digits"], say("手机号后四位", "Last four digits of the phone"))
                        writer.void(
                            "input",
                            [
                                "type": "tel", "id": "digits", "name": "digits", "maxlength": "4",
                                "inputmode": "numeric",
                                "autocomplete": "off", "required": "",
                            ])
                        writer.element("button", ["type": "submit", "class": "main"], say("继续", "Go on"))
                    }
                }
            }
        }
    }
}
