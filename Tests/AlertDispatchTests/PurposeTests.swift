import Alerts
import Community
import Diagnostics
import SiteConfiguration
import Testing
import Timekeeping
import Vocabulary

@testable import AlertDispatch

/// What a worker reads, and whom the numbers in a resident's row are for.
@Suite struct PurposeTests {
    private static let all: [Purpose] = [
        .alert, .escalated, .noAccess, .calledIn, .late, .repeated, .stoodStill, .check, .checkAgain, .assigned,
        .returned, .withdrawn, .rework, .reopened, .shiftChange, .desk,
    ]

    private static func change(_ id: String = "3f09ab0011223344") -> AlertChange {
        var change = Town.change(1)
        change.id = id
        change.message = LocalizedText(zh: "【预警·高】3栋502 罗*华 编号3F09AB", en: "[Alert: high] 3-502 L* No. 3F09AB")
        return change
    }

    private static func notification(_ purpose: Purpose, _ changes: [AlertChange]) -> AlertNotification {
        AlertNotification(channel: "robot", recipient: "wang", body: .words, purpose: purpose, changes: changes)
    }

    @Test func `each purpose says in both languages what to do, in front of the alert and its number`() {
        var heads: Set<String> = []
        for purpose in PurposeTests.all {
            let zh = PurposeTests.notification(purpose, [PurposeTests.change()]).words(in: .zhHans)
            let en = PurposeTests.notification(purpose, [PurposeTests.change()]).words(in: .en)
            #expect(zh.hasSuffix("编号3F09AB") && en.hasSuffix("No. 3F09AB"), "\(purpose)")
            heads.insert(zh)
            guard purpose != .alert else { continue }
            #expect(zh.hasPrefix("【") && zh.contains("。\n【预警"), "\(purpose): \(zh)")
            #expect(en.hasPrefix("[") && en.contains(".\n[Alert"), "\(purpose): \(en)")
            #expect(zh.utf8.count < 400 && en.utf8.count < 400)
        }
        #expect(heads.count == PurposeTests.all.count, "no two read the same")
    }

    @Test func `a family hears that somebody is to call, and neither what it is nor where`() {
        for language in [Language.zhHans, .en] {
            let text = PurposeTests.notification(.family, [PurposeTests.change()]).words(in: language)
            #expect(text.contains("3F09AB") && !text.contains("502") && !text.contains("罗") && !text.contains("L*"))
        }
    }

    @Test func `one line is added at the end, and nowhere else`() {
        let notification = PurposeTests.notification(.escalated, [PurposeTests.change()])
        let text = notification.words(in: .en, ending: "https://box/w/token")
        #expect(text == notification.words(in: .en) + "\nhttps://box/w/token")
        #expect(notification.alerts == ["3f09ab0011223344"])
    }

    @Test func `what an hour asks to be checked is one list from two on, other purposes from four`() {
        let changes = (0..<3).map { Town.change($0) }
        #expect(Digest.joint(Array(changes.prefix(2)), for: .check).map(\.count) == [2])
        #expect(Digest.joint(changes, for: .escalated).isEmpty)
        #expect(Digest.joint(changes + [Town.change(9)], for: .escalated).map(\.count) == [4])
        #expect(Digest.joint(changes + [Town.change(9, .sos, .critical)], for: .check).map(\.count) == [3])
        let text = PurposeTests.notification(.check, changes).words(in: .en)
        #expect(text.hasPrefix("[Please check]") && text.hasSuffix(" 3 of them:\nx0\nx1\nx2"))
    }

    @Test func `families and key holders are told over channels of the kinds named, and only where they agreed`() {
        let residents = """
            id,dwelling,name,phone,care,family,key_holder,family_consent
            luo,b3-502,罗桂华,,独居,女儿:13800000001,邻居:13800000002,yes
            he,1栋/1单元/101,何,,独居,儿子:13800000003,,no

            """
        let town = Town("{to: [family, key_holder]}", residents: residents)
        var settings = town.settings
        settings.familyChannels = ["wecom"]
        let routing = Routing(settings: settings, registry: town.registry, channels: ["robot", "board"])
        let found = routing.destinations(of: [.role("family"), .role("key-holder")], route: 0, of: Town.change(1))
        #expect(
            found.map { "\($0.way.channel):\($0.way.recipient) \($0.role ?? "")" } == [
                "robot:13800000001 family", "robot:13800000002 key-holder",
            ])
        let refused = routing.destinations(
            of: [.role("family")], route: 0, of: Town.change(2, place: "1栋/1单元/101", grid: "g1"))
        #expect(refused.isEmpty)
        // There is no channel of these kinds: it reaches nobody, and the route is a fault.
        #expect(town.dispatcher().decide([Town.change(1)]).unrouted.count == 1)
    }

    @Test func `a route matches by rule, grid, category, care and hours, and all of them must hold`() {
        let residents = "id,dwelling,name,care\nluo,b3-502,罗,独居\n"
        func told(_ match: String, _ change: AlertChange = Town.change(1)) -> Bool {
            Town("{match: \(match), to: [robot]}, {to: [desk]}", residents: residents).told(change) == ["robot:"]
        }
        #expect(told("{rule: [quiet]}") && !told("{rule: [other]}"))
        #expect(told("{grid: [g3]}") && !told("{grid: [g1]}"))
        #expect(told("{care: [独居]}") && !told("{care: [残疾]}"))
        #expect(!told("{care: [独居]}", Town.change(1, place: "b1")))
        #expect(told("{calendar: \"Wed 09:00-18:00\"}") && !told("{calendar: \"Wed 11:00-18:00\"}"))
        var report = Town.change(1, .report)
        report.detail = "{\"category\":\"报修\",\"text\":\"水\"}"
        #expect(told("{category: [报修]}", report) && !told("{category: [修]}", report))
        #expect(told("{rule: [quiet], grid: [g3], care: [独居]}") && !told("{rule: [quiet], grid: [g1]}"))
        let beside = Town("{to: [robot], calendar: \"Thu 09:00-18:00\"}, {to: [desk]}")
        #expect(beside.told(Town.change(1)) == ["desk:"])
    }
}
