package import Diagnostics

/// Why a command did not come to what it asked for, with what to do and how the command ends.
package enum ConsoleFailure: Error, Equatable, Sendable {
    /// What the API said instead, as its problem JSON has it.
    package struct Refusal: Equatable, Sendable {
        package var status: Int
        /// Stable (docs/api.md); empty where who answered is no API.
        package var code: String
        package var detail: String
        package var field: String?
        /// Of an act that is not legal.
        package var state: String?
        package var allowed: [String]
        package var retryAfter: Int?

        package init(_ answer: ConsoleAnswer) {
            let problem = answer.value
            status = answer.status
            code = problem?["code"]?.text ?? ""
            detail = problem?["detail"]?.text ?? ""
            field = problem?["field"]?.text
            state = problem?["state"]?.text
            allowed = problem?["allowed"]?.texts ?? []
            retryAfter = answer.retryAfter
        }
    }

    /// Nothing was asked: nobody listens there.
    case unreachable(address: String, reason: String)
    /// Whether it was done nobody knows.
    case unanswered(address: String, reason: String, key: String?)
    case refused(Refusal)
    /// What was answered is not what the API answers.
    case senseless(String)

    /// The exit code (docs/commands.md, "Exit codes").
    package var code: Int32 {
        switch self {
        case .unreachable, .unanswered, .senseless: 69
        case .refused(let refusal):
            switch refusal.status {
            case 400, 413: 64
            case 401: 78
            case 403, 409: 1
            case 404: 66
            case 429, 503: 75
            default: 69
            }
        }
    }

    /// What is wrong, and what to do.
    package var phrase: LocalizedText {
        switch self {
        case .unreachable(let address, let reason):
            LocalizedText(
                zh: "\(address) 没有守护程序在听（\(reason)）；请确认 shouwang run 在运行，并核对 console.listen 或 --url",
                en: "no daemon listens at \(address) (\(reason)); see that shouwang run is running, and check "
                    + "console.listen or --url")
        case .unanswered(let address, let reason, let key):
            LocalizedText(
                zh: "\(address) 没有答复（\(reason)）" + (key.map { "；可能已经做了，请加 --key \($0) 重试，不会做两次" } ?? "；请稍后再试"),
                en: "\(address) gave no answer (\(reason)); "
                    + (key.map { "it may be done already: try again with --key \($0), it is not done twice" }
                        ?? "try again later"))
        case .senseless(let what):
            LocalizedText(
                zh: "对方的答复不是本程序的接口（\(what)）；请核对地址，两边版本是否一致",
                en:
                    "what answered is no API of this program (\(what)); check the address, and that both have "
                    + "one version"
            )
        case .refused(let refusal): refusal.phrase
        }
    }
}

extension ConsoleFailure.Refusal {
    /// What is wrong, and what to do.
    package var phrase: LocalizedText {
        switch status {
        case 400: field.map { badField($0) } ?? told("请求有误", "the request is wrong")
        case 401:
            LocalizedText(
                zh: "令牌无效、已过期或已收回；用 shouwang token add 另发一个，写进 --token-file 的文件或 SHOUWANG_TOKEN",
                en:
                    "the token is unknown, has expired or was revoked; make another with shouwang token add, "
                    + "and give it "
                    + "in --token-file or SHOUWANG_TOKEN")
        case 403: told("没有权限", "not allowed", "；请换有权限的令牌，或请管理员操作", "; use a token with that right, or ask a manager")
        case 404:
            told(
                "没有这一项", "there is no such thing", "；请用 shouwang alerts list 核对编号",
                "; look it up with shouwang alerts list")
        case 409: conflict
        case 413: told("内容太长", "it is too long")
        case 429, 503:
            told(
                "暂时不能受理", "it cannot be taken now", "；请\(retryAfter.map { "\($0)秒后" } ?? "稍后")再试",
                "; try again \(retryAfter.map { "in \($0) s" } ?? "later")")
        default: told("对方答复 \(status)", "the answer was \(status)", "；请看守护程序的日志", "; see the daemon's log")
        }
    }

    private func badField(_ field: String) -> LocalizedText {
        // The API's details begin with the field.
        let text = detail.isEmpty ? field : detail.hasPrefix(field) ? detail : "\(field): \(detail)"
        return LocalizedText(zh: "\(field) 有误（\(text)）", en: "\(text)")
    }

    /// The state, and what would be legal in it.
    private var conflict: LocalizedText {
        if code == "key_reused" {
            return LocalizedText(
                zh: "这个 --key 已用于另一次操作；不写 --key 就会另取一个",
                en: "this --key was used for something else; leave it out and another is made")
        }
        guard let state else { return told("与现状不符", "it does not fit what is") }
        let now = CaseWords.state(state)
        let verbs = allowed.isEmpty ? nil : allowed.joined(separator: ", ")
        return LocalizedText(
            zh: "这条预警现在是“\(now.zh)”，" + (verbs.map { "此时可以：\($0)" } ?? "此时没有可做的操作"),
            en: "the alert is \(now.en) now; "
                + (verbs.map { "what may be done: \($0)" } ?? "nothing may be done to it"))
    }

    private func told(_ zh: String, _ en: String, _ moreZH: String = "", _ moreEN: String = "") -> LocalizedText {
        LocalizedText(
            zh: zh + (detail.isEmpty ? "" : "（\(detail)）") + moreZH,
            en: en + (detail.isEmpty ? "" : ": \(detail)") + moreEN)
    }
}
