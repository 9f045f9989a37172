import Diagnostics
import Testing
import Vocabulary

@testable import ConfigReading
@testable import SiteConfiguration

/// What `check` says of rules: the shortest of each kind, and what narrows them.
@Suite struct RuleExplanationTests {
    /// Three lines a rule: its YAML, the sentence in Chinese, the sentence in English.
    private static let golden = """
        {kind: no_movement}
        受关注居民没有活动迹象（动作、存在、通行、人员、门磁、床、用电、用水、呼救，红外和存在须 15 分钟内 3 次）满 24 小时发出“一般”预警，满 72 小时发出“重要”预警；每户一条。
        A medium alert after 24 hours, a high alert after 72 hours in which nobody watched in the home gives a sign of life (motion, presence, a pass, a person, a contact, a bed, power in use, water in use, a call for help; of motion and presence 3 within 15 minutes); one alert a dwelling.
        {kind: not_returned}
        受关注居民从大门外出，12 小时内没有进门，发出“重要”预警；只看种类为 gate；每人一条；22:00-05:00 时为 30 分钟。
        A high alert when somebody watched goes out by an outer gate and does not come in again within 12 hours; only devices of kind gate; one alert a person; 30 minutes at 22:00-05:00.
        {kind: sos}
        有人呼救，发出“紧急”预警；1 分钟内再来的并作一条；每户一条。
        A critical alert as soon as somebody calls for help; what comes within 1 minute of the last joins it; one alert a dwelling.
        {kind: fall}
        有人跌倒，发出“紧急”预警；1 分钟内再来的并作一条；每户一条。
        A critical alert as soon as somebody falls; what comes within 1 minute of the last joins it; one alert a dwelling.
        {kind: smoke_fire}
        出现烟雾、火、燃气或一氧化碳，发出“紧急”预警；1 分钟内再来的并作一条；每处一条。
        A critical alert as soon as there is smoke, fire, gas or carbon monoxide; what comes within 1 minute of the last joins it; one alert a place.
        {kind: lift_trapped}
        有人被困电梯，发出“紧急”预警；1 分钟内再来的并作一条；每台设备一条。
        A critical alert as soon as somebody is trapped in a lift; what comes within 1 minute of the last joins it; one alert a device.
        {kind: lift_fault}
        电梯故障，发出“重要”预警；1 分钟内再来的并作一条；每台设备一条。
        A high alert as soon as a lift has a fault; what comes within 1 minute of the last joins it; one alert a device.
        {kind: thrown_object}
        拍到高空抛物，发出“紧急”预警；10 秒内再来的并作一条；有轨迹的须真在下落；置信度不低于 0.6；每栋楼一条。
        A critical alert as soon as a camera sees something fall; what comes within 10 seconds of the last joins it; what has a path must fall; at a confidence of 0.6 or more; one alert a building.
        {kind: thrown_object_repeat}
        7 天内拍到高空抛物达 3 次（相隔不超过 10 秒算一次），发出“重要”预警；置信度不低于 0.6；每栋楼一条。
        A high alert when a camera sees something fall 3 times within 7 days (those up to 10 seconds apart count as one); at a confidence of 0.6 or more; one alert a building.
        {kind: ebike_in_building}
        5 秒内 2 次拍到电动车，发出“重要”预警；1 分钟内再来的并作一条；置信度不低于 0.6；每台设备一条。
        A high alert when a camera sees an e-bike 2 times within 5 seconds; what comes within 1 minute of the last joins it; at a confidence of 0.6 or more; one alert a device.
        {kind: ebike_stays}
        电动车进了电梯，10 分钟内没有在大堂、单元门或大门再拍到它，发出“重要”预警；只看种类为 lift；置信度不低于 0.6；每栋楼一条。
        A high alert when an e-bike is in a lift and is not seen in the hall or at a door or gate within 10 minutes; only devices of kind lift; at a confidence of 0.6 or more; one alert a building.
        {kind: fire_lane_blocked}
        车辆停在消防通道满 2 分钟发出“提示”预警，满 10 分钟发出“一般”预警，满 30 分钟发出“重要”预警，90 秒没有再出现即结束；只看种类为 lane；每辆车一条。
        A low alert after 2 minutes, a medium alert after 10 minutes, a high alert after 30 minutes in which a vehicle stands in a fire lane, until nothing came for 90 seconds; only devices of kind lane; one alert a vehicle.
        {kind: door_held_open}
        门开着满 3 分钟发出“一般”预警，出现关门即结束；每台设备一条。
        A medium alert after 3 minutes in which a door is open, until there is a closing door; one alert a device.
        {kind: door_forced}
        门打开，前 5 秒、后 5 秒内没有通行或出门按钮，发出“重要”预警；每处一条。
        A high alert when a door opens and there is neither a pass nor an exit button from 5 seconds before to 5 seconds after; one alert a place.
        {kind: access_denied_burst}
        10 分钟内通行被拒达 5 次，发出“一般”预警；每台设备一条，每个凭证一条。
        A medium alert when somebody is refused 5 times within 10 minutes; one alert a device, and one a credential.
        {kind: tailgating}
        10 秒内门口看到的人比通行的多至少 2 个，发出“提示”预警；每处一条。
        A low alert when within 10 seconds at least 2 more people are seen at a door than pass it; one alert a place.
        {kind: fever}
        体温（℃）≥ 37.3，发出“一般”预警，≤ 37.2 时解除；每人一条。
        A medium alert when a person's temperature (°C) is 37.3 or more, until it is 37.2 or less; one alert a person.
        {kind: crowded_dwelling}
        14 天内出入的不同人达 8 个，发出“提示”预警；每户一条。
        A low alert when 8 different people pass within 14 days; one alert a dwelling.
        {kind: visitor_overstay}
        访客进门，2 小时内没有出门，发出“提示”预警；每次访问一条。
        A low alert when a visitor comes in and does not leave within 2 hours; one alert a visit.
        {kind: gate_flow, passes: 300}
        10 分钟内通行达 300 人次，发出“一般”预警，低于其 80% 满 10 分钟解除；只看种类为 gate；每处一条。
        A medium alert when 300 people pass within 10 minutes, until it is below 80 % of that for 10 minutes; only devices of kind gate; one alert a place.
        {kind: anti_passback}
        同一凭证进了又进、或出了又出，发出“一般”预警，16 小时没有通行即不再判，同一设备同一方向1 分钟内算一次；只看种类为 gate；每个凭证一条。
        A medium alert when a credential goes in while it is in, or out while it is out, by what it did within 16 hours (the same way by the same device within 1 minute is one pass); only devices of kind gate; one alert a credential.
        {kind: door_forced, without: {kinds: [smoke, fire]}}
        门打开，前 5 秒、后 5 秒内没有通行或出门按钮（出现烟雾、火的不算），发出“重要”预警；每处一条。
        A high alert when a door opens and there is neither a pass nor an exit button from 5 seconds before to 5 seconds after, unless there is smoke or fire; one alert a place.
        {kind: expression, match: {kinds: denied}, sequence: {then: {kinds: door_open}, without: {kinds: pass}, within: 1m}}
        出现通行被拒，1 分钟内又有开门、其间没有通行，发出“一般”预警；每台设备一条。
        A medium alert when there is a refusal and then an opening door within 1 minute without a pass between; one alert a device.
        {kind: expression, match: {kinds: denied}, sequence: {then: {kinds: door_open}, without: {kinds: pass}, within: 1m, missing: true}}
        出现通行被拒，1 分钟内没有开门（出现通行的不算），发出“一般”预警；每台设备一条。
        A medium alert when there is a refusal and not an opening door within 1 minute, unless there is a pass; one alert a device.
        {kind: device_silent}
        设备超过 2.5 个心跳没有消息，再过 5 分钟，发出“一般”预警；每台设备一条。
        A medium alert when a device is silent for 2.5 heartbeats and 5 minutes; one alert a device.
        {kind: upstream_silent}
        同一网关后有 3 台以上、超过 50% 的设备超过 2.5 个心跳没有消息，再过 5 分钟，发出“重要”预警；每个网关一条。
        A high alert when 3 or more, and over 50 %, of the devices behind one hub are silent for 2.5 heartbeats and 5 minutes; one alert a hub.
        {kind: device_stuck}
        传感器 48 小时没有安静过一小时，发出“提示”预警；每台设备一条。
        A low alert when a sensor has no quiet hour for 48 hours; one alert a device.
        {kind: device_flooding}
        一台设备 1 分钟内超过 600 条消息，发出“一般”预警；每台设备一条。
        A medium alert when a device sends more than 600 records within 1 minute; one alert a device.
        {kind: low_battery}
        设备电量（%）≤ 15，发出“提示”预警，≥ 20 时解除；每台设备一条。
        A low alert when a device's battery (%) is 15 or less, until it is 20 or more; one alert a device.
        {kind: clock_fault}
        设备的时钟一直偏离，发出“提示”预警；每台设备一条。
        A low alert when a device's clock is off by a constant; one alert a device.
        {kind: identity_mismatch}
        消息里的设备名和主题里的不同，发出“重要”预警；每台设备一条。
        A high alert when a payload names another device than its topic; one alert a device.
        {kind: report}
        有人上报，发出“提示”预警；1 分钟内再来的并作一条；每件事一条。
        A low alert as soon as somebody reports; what comes within 1 minute of the last joins it; one alert a matter.
        {kind: expression, match: {kinds: pass}, session: {}}
        出现通行，发出“一般”预警；1 分钟内再来的并作一条；每台设备一条。
        A medium alert as soon as there is a pass; what comes within 1 minute of the last joins it; one alert a device.
        {kind: thrown_object, confirm: {count: 2, devices: 3}, places: [b1], devices: [c1, c2, c3], cooldown: 1h}
        3 秒内 3 次拍到高空抛物（来自 3 台设备），发出“紧急”预警；10 秒内再来的并作一条；有轨迹的须真在下落；只看位置 b1；只看设备 c1、c2、c3；置信度不低于 0.6；每栋楼一条；结束后静默 1 小时。
        A critical alert when a camera sees something fall 3 times within 3 seconds by 3 devices; what comes within 10 seconds of the last joins it; what has a path must fall; only in b1; only the devices c1, c2, c3; at a confidence of 0.6 or more; one alert a building; then quiet for 1 hour.
        {kind: ebike_in_building, zone: lift, publish: {topic: "lift/{device}/hold", payload: x}}
        5 秒内 2 次拍到电动车，发出“重要”预警；1 分钟内再来的并作一条；只看画面区域 lift；置信度不低于 0.6；每台设备一条；并发布到 lift/{device}/hold。
        A high alert when a camera sees an e-bike 2 times within 5 seconds; what comes within 1 minute of the last joins it; only in zone lift; at a confidence of 0.6 or more; one alert a device; it publishes to lift/{device}/hold.
        {kind: no_movement, after: 12h, evidence: {kinds: [motion, pass], count: 1}}
        受关注居民没有活动迹象（动作、通行）满 12 小时发出“重要”预警；每户一条。
        A high alert after 12 hours in which nobody watched in the home gives a sign of life (motion, a pass); one alert a dwelling.
        {kind: fire_lane_blocked, zone: lane, kinds: vehicle, except: ['Sun 08:00-12:00', holidays]}
        车辆停在消防通道满 2 分钟发出“提示”预警，满 10 分钟发出“一般”预警，满 30 分钟发出“重要”预警，90 秒没有再出现即结束；只看车辆；只看画面区域 lane；每辆车一条；周日 08:00-12:00、节假日 除外。
        A low alert after 2 minutes, a medium alert after 10 minutes, a high alert after 30 minutes in which a vehicle stands in a fire lane, until nothing came for 90 seconds; only a vehicle; only in zone lane; one alert a vehicle; not on Sun 08:00-12:00, holidays.
        {kind: access_denied_burst, once: 30s, calendar: [workdays 08:00-18:00, '22:00-05:00']}
        10 分钟内通行被拒达 5 次（相隔不超过 30 秒算一次），发出“一般”预警；每台设备一条，每个凭证一条；只在工作日 08:00-18:00、22:00-05:00。
        A medium alert when somebody is refused 5 times within 10 minutes (those up to 30 seconds apart count as one); one alert a device, and one a credential; only on workdays 08:00-18:00, 22:00-05:00.
        {kind: leak}
        有漏水，发出“一般”预警；1 分钟内再来的并作一条；每处一条。
        A medium alert as soon as water is leaking; what comes within 1 minute of the last joins it; one alert a place.
        {kind: report, kinds: dissuasion, categories: [诈骗]}
        有人上报，发出“提示”预警；1 分钟内再来的并作一条；只看劝阻上报；只看类别 诈骗；每件事一条。
        A low alert as soon as somebody reports; what comes within 1 minute of the last joins it; only a dissuasion; only of 诈骗; one alert a matter.
        {kind: expression, match: {kinds: [motion, pass], reading: true, direction: in, person: stranger}, count: {at_least: 2, within: 90s}}
        90 秒内出现动作、通行（是）（进）（陌生人）达 2 次，发出“一般”预警；每台设备一条。
        A medium alert when there is motion or a pass (on) inward of a stranger 2 times within 90 seconds; one alert a device.
        {kind: expression, match: {kinds: pass}, distinct: {of: plate, at_least: 2, within: 1h}}
        1 小时内通行的不同车牌达 2 个，发出“一般”预警；每台设备一条。
        A medium alert when 2 different plates are told by a pass within 1 hour; one alert a device.
        {kind: expression, match: {kinds: contact, reading: true}, dwell: {for: 1h, gap: 2h, until: {kinds: contact, reading: false}}}
        出现门磁（是）满 1 小时发出“一般”预警，出现门磁（否）即结束，或 2 小时没有再出现即结束；每台设备一条。
        A medium alert after 1 hour in which there is a contact (on), until there is a contact (off) or nothing came for 2 hours; one alert a device.
        {kind: expression, match: {kinds: pass}, sequence: {then: {kinds: denied}, within: 1m}}
        出现通行，1 分钟内又有通行被拒，发出“一般”预警；每台设备一条。
        A medium alert when there is a pass and then a refusal within 1 minute; one alert a device.
        {kind: expression, match: {kinds: pass}, sequence: {then: {kinds: [denied, tamper]}, within: 1m, missing: true}}
        出现通行，1 分钟内没有通行被拒、拆动，发出“一般”预警；每台设备一条。
        A medium alert when there is a pass and not a refusal or tampering within 1 minute; one alert a device.
        {kind: expression, match: {kinds: water}, threshold: {of: value, below: 5, back: 6, for: 1h}}
        用水的 value ≤ 5 持续 1 小时，发出“一般”预警，≥ 6 时解除；每台设备一条。
        A medium alert when the value of water in use is 5 or less for 1 hour, until it is 6 or more; one alert a device.
        {kind: gate_flow, passes: 300, inside: 40, back: 0.07, places: [garden]}
        10 分钟内通行达 300 人次或区域内达 40 人，发出“一般”预警，低于其 7% 满 10 分钟解除；只看位置 garden；只看种类为 gate；每处一条。
        A medium alert when 300 people pass within 10 minutes or 40 people are inside, until it is below 7 % of that for 10 minutes; only in garden; only devices of kind gate; one alert a place.
        """

    private static var rules: [(yaml: String, zh: String, en: String)] {
        let lines = golden.split(separator: "\n").map(String.init)
        return stride(from: 0, to: lines.count - 2, by: 3).map { (lines[$0], lines[$0 + 1], lines[$0 + 2]) }
    }

    @Test(arguments: rules.indices)
    func `a rule is told in one sentence, with its numbers`(index: Int) throws {
        let (yaml, zh, en) = RuleExplanationTests.rules[index]
        let told = RuleCatalogue.explanation(of: try RuleFixture.rule(yaml))
        #expect(told.zh == zh, "\(yaml)")
        #expect(told.en == en, "\(yaml)")
    }

    @Test func `each kind is among them`() throws {
        let told = try RuleExplanationTests.rules.map { try RuleFixture.rule($0.yaml).kind }
        #expect(Set(told) == RuleKind.built)
    }
}
