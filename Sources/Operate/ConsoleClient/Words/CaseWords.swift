package import Diagnostics

/// What people call states, severities and changes of a case. A word of a later version stands for itself.
package enum CaseWords {
    /// A state of an alert.
    package static func state(_ word: String) -> LocalizedText { find(word, states) }
    /// How urgent it is.
    package static func severity(_ word: String) -> LocalizedText { find(word, severities) }
    /// How its clocks stand.
    package static func lamp(_ word: String) -> LocalizedText { find(word, lamps) }
    /// What happened to it.
    package static func change(_ word: String) -> LocalizedText { find(word, changes) }

    private static func find(_ word: String, _ words: [String: String]) -> LocalizedText {
        LocalizedText(zh: words[word] ?? word, en: word.split(separator: "_").joined(separator: " "))
    }

    static let states = [
        "open": "待处理", "dispatched": "已派单", "acknowledged": "已签收", "on_site": "已到场", "handled": "已处置",
        "suspended": "已挂起", "resolved": "已解除", "closed": "已结案",
    ]
    static let severities = ["critical": "紧急", "high": "重要", "medium": "一般", "low": "提示"]
    static let lamps = ["green": "绿", "yellow": "黄", "red": "红"]
    static let changes = [
        "raised": "发出", "updated": "更新", "renotified": "再次通知", "dispatched": "派单", "acknowledged": "签收",
        "arrived": "到场", "handled": "处置", "checked": "核查", "returned": "退回", "suspended": "挂起", "resumed": "恢复",
        "extended": "延期", "merged": "并案", "escalated": "升级", "noted": "备注", "reopened": "重开", "resolved": "解除",
        "closed": "结案",
    ]
}
