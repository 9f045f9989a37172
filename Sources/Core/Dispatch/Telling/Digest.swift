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
    static func joint(_ changes: [AlertChange], for purpose: Purpose = .alert) -> [[AlertChange]] {
        if purpose != .alert {
            // What is asked of people later can wait for its message to be read to the end.
            let together = changes.filter { $0.severity != .critical }
            let isList = purpose == .check || purpose == .checkAgain || purpose == .shiftChange
            return together.count >= (isList ? 2 : least) ? [together] : []
        }
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
    static func parts(
        of changes: [AlertChange], for purpose: Purpose = .alert, in language: Language
    ) -> [[AlertChange]] {
        var parts: [[AlertChange]] = []
        for change in changes {
            let longer = (parts.last ?? []) + [change]
            let fits = longer.count <= partMax && text(of: longer, for: purpose, in: language).utf8.count <= bytesMax
            if fits, !parts.isEmpty {
                parts[parts.count - 1] = longer
            } else {
                parts.append([change])
            }
        }
        return parts
    }

    /// One alert needs no head but that of its purpose. A family hears that somebody is to be called, and not why.
    static func text(of changes: [AlertChange], for purpose: Purpose = .alert, in language: Language) -> String {
        if purpose == .family { return family(changes).text(in: language) }
        if changes.count == 1 {
            let message = changes[0].message.text(in: language)
            return purpose.head.map { $0.text(in: language) + "\n" + message } ?? message
        }
        let areEnds = changes.allSatisfy { $0.state == .resolved }
        let head = purpose.head(of: changes.count, areEnds: areEnds).text(in: language)
        return ([head] + changes.map { $0.message.text(in: language) }).joined(separator: "\n")
    }

    private static func family(_ changes: [AlertChange]) -> LocalizedText {
        let number = changes[0].id.prefix(6).uppercased()
        return LocalizedText(
            zh: "您好，小区工作人员想联系您的家人，请您尽快联系物业或社区。编号\(number)",
            en: "The community's staff would like to reach your relative. Please call the property office or the "
                + "community soon. No. \(number)")
    }
}
