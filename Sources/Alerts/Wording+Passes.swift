import Community
import Diagnostics
import Rules
import SiteConfiguration
import Timekeeping

// Texts about passes: who went the same way twice, and where.

extension Wording {
    func passback(
        _ finding: Finding, _ isInward: Bool, _ before: Trace, _ surroundings: Surroundings
    ) -> Phrase {
        let who = holder(finding, surroundings)
        let (first, again) = (second(before.at), second(finding.started))
        let (gate, other) = (label(before.device, surroundings), label(finding.device, surroundings))
        let zh =
            isInward
            ? "\(who.zh):\(first.zh) 由\(gate.zh)进入,没有出去的记录,\(again.zh) 又由\(other.zh)进入。"
            : "\(who.zh):\(first.zh) 由\(gate.zh)出去,没有进来的记录,\(again.zh) 又由\(other.zh)出去。"
        let en =
            isInward
            ? "\(who.en): in by \(gate.en) at \(first.en), no way out on record, and in again by \(other.en) at "
                + "\(again.en). "
            : "\(who.en): out by \(gate.en) at \(first.en), no way in on record, and out again by \(other.en) at "
                + "\(again.en). "
        return Phrase(
            zh: zh + "可能借卡、复制卡或跟随他人出入,请核对本人和录像。",
            en: en + "The credential may be lent or copied, or somebody slipped through with others: please ask its "
                + "holder, and look at the recordings. ")
    }

    /// Whose credential it is: a resident by name and home, a visitor by code, anybody else by the end of it.
    private func holder(_ finding: Finding, _ surroundings: Surroundings) -> Phrase {
        if !finding.residents.isEmpty { return people(finding.residents, at: nil, tellsHome: true, surroundings) }
        if finding.lastEvidence?.kind == .visitorPass {
            return Phrase(zh: "访客 \(finding.key)", en: "Visitor \(finding.key)")
        }
        // What is not on record may be a number of an identity card: its end is enough to find it.
        let end = finding.key.count > 4 ? "…" + finding.key.suffix(4) : finding.key
        return Phrase(zh: "未登记凭证 \(end)", en: "Unregistered credential \(end)")
    }
}
