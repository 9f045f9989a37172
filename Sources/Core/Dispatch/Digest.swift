import Alerts
import Diagnostics
import Vocabulary

/// Several alerts told as one, where one moment raised them.
///
/// Law: each change is in one part, in the order that they came in, and a part fits a message. Cost: O(changes × bytes
/// of a part's text).
enum Digest {
    /// From so many on they are told together.
    static let least = 4
    /// So many alerts at most in one message: more are not read.
    static let partMax = 8
    /// So many bytes at most, the head included: the shortest channel takes 2,048, and adds to the text.
    static let bytesMax = 1900

    /// Those that are told together. What is critical is a message of its own, and so is an end, but for those of
    /// devices: a hub is back, or a new version judges them otherwise.
    static func joint(_ changes: [AlertChange]) -> [[AlertChange]] {
        let open = changes.filter { $0.state == .open && $0.severity != .critical }
        let ended = changes.filter { $0.state == .resolved && $0.kind.isOfDevices }
        return [open, ended].filter { $0.count >= least }
    }

    /// Of each alert the last change, in the place of its first.
    static func last(of changes: [AlertChange]) -> [AlertChange] {
        var last: [AlertChange] = []
        var places: [String: Int] = [:]
        for change in changes {
            if let place = places[change.id] {
                last[place] = change
            } else {
                places[change.id] = last.count
                last.append(change)
            }
        }
        return last
    }

    /// In parts that fit a message in that language. A text that is too long alone has a part of its own.
    static func parts(of changes: [AlertChange], in language: Language) -> [[AlertChange]] {
        var parts: [[AlertChange]] = []
        for change in changes {
            let longer = (parts.last ?? []) + [change]
            let fits = longer.count <= partMax && text(of: longer, in: language).utf8.count <= bytesMax
            if fits, !parts.isEmpty {
                parts[parts.count - 1] = longer
            } else {
                parts.append([change])
            }
        }
        return parts
    }

    /// One alert needs no head.
    static func text(of changes: [AlertChange], in language: Language) -> String {
        if changes.count == 1 { return changes[0].message.text(in: language) }
        let head =
            changes.allSatisfy { $0.state == .resolved }
            ? LocalizedText(
                zh: "【汇总】以下\(changes.count)条预警同时解除：", en: "[Digest] \(changes.count) alerts ended at once:")
            : LocalizedText(
                zh: "【汇总】以下\(changes.count)条预警同时产生，请逐条核实并反馈：",
                en: "[Digest] \(changes.count) alerts at once; please see to each and report back:")
        return ([head.text(in: language)] + changes.map { $0.message.text(in: language) }).joined(separator: "\n")
    }
}
