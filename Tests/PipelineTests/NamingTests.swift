import Alerts
import Diagnostics
import Testing
import Timekeeping

@testable import Pipeline

/// What texts call devices and people: which of several, and who lives where somebody needs help.
@Suite struct NamingTests {
    static let devices = """
        id,place,family,kind,name,via,heartbeat
        lift3a,b3,report,lift,3栋货梯,,
        lift3b,3栋/1单元,report,lift,,,
        lift3c,3栋/2单元,report,lift,,,
        lift3d,3栋/3单元,report,lift,,,
        lift5,b5,report,lift,5栋客梯,,
        cab3a,b3,camera,lift,,,
        cab3b,b3,camera,lift,,,
        cab5,b5,camera,lift,,,
        cellar,b5,access,door,地下室门,,
        door5,b5,access,unit_door,,,
        door3,b3,access,unit_door,3栋单元门,,
        north,gates,access,gate,北门,,
        lane1,gates,camera,lane,,,
        lane2,gates,camera,lane,,,
        lane5,b5,camera,lane,,,
        hall1,b3,camera,lobby,东厅,,
        hall2,b3,camera,lobby,西厅,,
        p1,3栋/2单元/502,elder,pir,,hub,1h
        p2,3栋/2单元/502,elder,pir,,hub,1h
        m1,3栋/2单元/502,elder,meter,3栋2单元5026号表,hub,1h
        sos2,3栋/2单元/502,elder,button,床头按钮,hub,1h
        sos1,3栋/2单元/501,elder,button,,,1h
        sos3,3栋/2单元/503,elder,button,,,
        sos4,3栋/2单元/504,elder,button,,,
        sos5,3栋/2单元/505,elder,button,,,
        q1,3栋/2单元/701,elder,pir,,,1h
        q2,3栋/2单元/701,elder,contact,,,1h
        q3,3栋/2单元/701,elder,bed,,,1h
        eye2,3栋/2单元/502,camera,camera,厨房,,
        lane9,,camera,lane,,,
        loose,,elder,button,挂坠,,

        """
    static let residents = """
        e1,3栋/2单元/502,罗桂华,独居,c1,,,,
        e2,3栋/2单元/501,周明,高龄,,,,,
        e3,3栋/2单元/501,周小兰,残疾,,,,,
        e4,3栋/2单元/501,吴刚,,,,,,
        e5,3栋/2单元/503,郑强,,,,,,
        e6,3栋/2单元/504,孙一,,,,,,
        e7,3栋/2单元/504,孙二,,,,,,
        e8,3栋/2单元/601,钱多多,独居,,,,,
        e9,,赵无,独居,,,,,

        """

    /// A rule, records, and what its texts say of them up to what is to be done.
    struct Case: Sendable, CustomTestStringConvertible {
        var rule: String
        var lines: [Line]
        var zh: [String]
        var en: [String]

        init(_ rule: String, _ lines: [Line], zh: String..., en: String...) {
            self.rule = rule
            self.lines = lines
            self.zh = zh
            self.en = en
        }

        var testDescription: String { "\(rule): \(lines[0].topic)" }

        func check(sourceLocation: SourceLocation = #_sourceLocation) {
            let scene = Scene(rules: ["r: {kind: \(rule)}"], residents: residents, devices: devices)
            let texts = scene.run(lines).changes.map(\.message)
            let facts = texts.map { $0.zh.drop { $0 != "】" }.dropFirst().prefix { $0 != "。" } }
            #expect(facts.map(String.init) == zh, sourceLocation: sourceLocation)
            let english = texts.map { $0.en.drop { $0 != "]" }.dropFirst(2).split(separator: ". ")[0] }
            #expect(english.map(String.init) == en, sourceLocation: sourceLocation)
        }
    }

    static let second = Scene.second
    static let minute = Scene.minute
    static let sure = ",\"confidence\":0.9"

    static func ebike(_ camera: String) -> [Line] {
        [.native(0, "camera/" + camera, "ebike", sure), .native(second, "camera/" + camera, "ebike", sure)]
    }

    static func open(_ door: String) -> [Line] {
        let path = "access/" + door
        return [.native(0, path, "door_open"), .quiet(3 * minute), .native(4 * minute, path, "door_close")]
    }

    static func fault(_ lifts: String...) -> [Line] {
        lifts.enumerated().map { .native(Int64($0) * second, "report/" + $1, "lift_fault") }
    }

    static func denied(_ door: String) -> [Line] {
        (0..<2).map { .native($0 * second, "access/" + door, "denied") }
    }

    /// The homes 501 and 502 are heard of once, and one device of each again; of 701 nothing is heard at all.
    static let silence: [Line] =
        ["p1", "p2", "m1", "sos2", "sos1"].map { .native(0, "elder/" + $0, "heartbeat") }
        + [.quiet(155 * minute), .native(200 * minute, "elder/p1", "heartbeat")]
        + [.native(200 * minute + 1, "elder/sos1", "heartbeat")]

    static func vehicle(_ camera: String) -> [Line] {
        (0..<2).map { .native($0 * minute, "camera/" + camera, "vehicle") }
    }

    @Test(arguments: [
        Case(
            "lift_trapped", [.native(0, "report/lift3a", "lift_trapped")], zh: "3栋货梯 电梯困人!3月5日00:00:00",
            en: "3栋货梯: somebody is trapped in the lift! 5 Mar 00:00:00"),
        Case(
            "lift_trapped", [.native(0, "report/lift5", "lift_trapped")], zh: "5栋 电梯困人!3月5日00:00:00",
            en: "5栋: somebody is trapped in the lift! 5 Mar 00:00:00"),
        Case(
            "lift_fault, key: building", fault("lift3a", "lift3b", "lift3c", "lift3d"),
            zh: "3栋货梯 电梯故障,3月5日00:00:00", "3栋 3栋货梯、1单元电梯 电梯故障,3月5日00:00:00",
            "3栋 3栋货梯、1单元电梯、2单元电梯 电梯故障,3月5日00:00:00",
            "3栋 3栋货梯、1单元电梯、2单元电梯等4处 电梯故障,3月5日00:00:00",
            en: "3栋货梯: lift fault, 5 Mar 00:00:00", "3栋 3栋货梯, 1单元 lift: lift fault, 5 Mar 00:00:00",
            "3栋 3栋货梯, 1单元 lift, 2单元 lift: lift fault, 5 Mar 00:00:00",
            "3栋 3栋货梯, 1单元 lift, 2单元 lift …: lift fault, 5 Mar 00:00:00"),
        Case("lift_fault", fault("lift3b"), zh: "3栋1单元 电梯故障,3月5日00:00:00", en: "3栋1单元: lift fault, 5 Mar 00:00:00"),
        Case(
            "lift_fault", fault("lift9"), zh: "未登记设备 lift9(位置不明) 电梯故障,3月5日00:00:00",
            en: "unregistered device lift9 (place unknown): lift fault, 5 Mar 00:00:00"),
        Case(
            "ebike_in_building", ebike("cab3a"), zh: "3栋 发现电动车进楼,3月5日00:00:00,电梯摄像头(cab3a)拍到,可信度90%",
            en: "3栋: e-bike in the building, 5 Mar 00:00:00, seen by lift camera (cab3a), confidence 90 %"),
        Case(
            "ebike_in_building", ebike("cab5"), zh: "5栋 发现电动车进楼,3月5日00:00:00,电梯摄像头拍到,可信度90%",
            en: "5栋: e-bike in the building, 5 Mar 00:00:00, seen by lift camera, confidence 90 %"),
        Case(
            "ebike_stays", [.native(0, "camera/cab3a", "ebike", sure), .quiet(10 * minute)],
            zh: "3栋 电梯摄像头(cab3a) 电动车进楼,3月5日00:00至今10分钟未见推出",
            en: "3栋 lift camera (cab3a): an e-bike went in at 5 Mar 00:00 and has not come out for 10 min"),
        Case(
            "fire_lane_blocked, after: 1m", vehicle("lane1"), zh: "大门 消防通道被占1分钟,3月5日00:00起,消防通道摄像头(lane1)拍到",
            en: "大门: the fire lane has been blocked for 1 min, since 5 Mar 00:00, seen by fire lane camera (lane1)"),
        Case(
            "fire_lane_blocked, after: 1m", vehicle("lane2") + [.quiet(9 * minute)],
            zh: "大门 消防通道被占1分钟,3月5日00:00起,消防通道摄像头(lane2)拍到",
            "大门 消防通道摄像头(lane2) 消防通道占用:3月5日00:02通道已畅通;已签收的仍请反馈",
            en: "大门: the fire lane has been blocked for 1 min, since 5 Mar 00:00, seen by fire lane camera (lane2)",
            "大门 fire lane camera (lane2), Fire lane blocked: clear at 5 Mar 00:02"),
        Case(
            "fire_lane_blocked, after: 1m", vehicle("lane9"),
            zh: "lane9(位置未登记) 消防通道被占1分钟,3月5日00:00起,消防通道摄像头(lane9)拍到",
            en: "lane9 (its place is not on record): the fire lane has been blocked for 1 min, "
                + "since 5 Mar 00:00, seen by fire lane camera (lane9)"),
        Case(
            "fire_lane_blocked, after: 1m", vehicle("lane5"), zh: "5栋 消防通道被占1分钟,3月5日00:00起,消防通道摄像头拍到",
            en: "5栋: the fire lane has been blocked for 1 min, since 5 Mar 00:00, seen by fire lane camera"),
    ])
    func `of several lifts or cameras in a place a text says which, of one alone it does not`(_ item: Case) {
        item.check()
    }

    @Test(arguments: [
        Case(
            "door_held_open", open("cellar"), zh: "5栋 地下室门 门未关已3分钟,3月5日00:00起", "5栋 地下室门 门长时间未关:3月5日00:04已关门;已签收的仍请反馈",
            en: "5栋 地下室门: the door has stood open for 3 min, since 5 Mar 00:00",
            "5栋 地下室门, Door held open: closed at 5 Mar 00:04"),
        Case(
            "door_held_open", open("door5"), zh: "5栋 单元门(door5) 门未关已3分钟,3月5日00:00起",
            "5栋 单元门(door5) 门长时间未关:3月5日00:04已关门;已签收的仍请反馈",
            en: "5栋 unit door (door5): the door has stood open for 3 min, since 5 Mar 00:00",
            "5栋 unit door (door5), Door held open: closed at 5 Mar 00:04"),
        Case(
            "door_held_open", open("door3"), zh: "3栋 门未关已3分钟,3月5日00:00起", "3栋 门长时间未关:3月5日00:04已关门;已签收的仍请反馈",
            en: "3栋: the door has stood open for 3 min, since 5 Mar 00:00", "3栋, Door held open: closed at 5 Mar 00:04"),
        Case(
            "door_forced", [.native(0, "access/cellar", "door_open"), .quiet(minute)],
            zh: "5栋 地下室门 门被打开,3月5日00:00:00,没有刷卡、刷脸或按钮开门记录",
            en: "5栋 地下室门: the door was opened at 5 Mar 00:00:00 without pass or button"),
        Case(
            "access_denied_burst, key: device, at_least: 2", denied("cellar"), zh: "5栋 地下室门 10分钟内门禁拒绝2次,3月5日00:00起",
            en: "5栋 地下室门: refused 2 times within 10 min, since 5 Mar 00:00"),
        Case(
            "access_denied_burst, key: device, at_least: 2", denied("door3"), zh: "3栋 10分钟内门禁拒绝2次,3月5日00:00起",
            en: "3栋: refused 2 times within 10 min, since 5 Mar 00:00"),
        Case(
            "tailgating", [.native(0, "camera/hall1", "person", ",\"count\":3"), .quiet(minute)],
            zh: "3栋 东厅 疑似尾随进入,3月5日00:00:00,多3人未刷卡",
            en: "3栋 东厅: people followed somebody in, 5 Mar 00:00:00, 3 more than passed"),
        Case(
            "visitor_overstay",
            [
                .native(0, "access/north", "visitor_pass", ",\"visit\":\"V1\",\"dir\":\"in\""),
                .quiet(2 * Scene.hour),
                .native(3 * Scene.hour, "access/north", "visitor_pass", ",\"visit\":\"V1\",\"dir\":\"out\""),
            ], zh: "访客 V1 3月5日00:00 由北门进入,已超过2小时未离开", "V1 访客超时未离:3月5日03:00已离开;已签收的仍请反馈",
            en: "Visitor V1 came in by 北门 at 5 Mar 00:00 and has not left within 2 h",
            "V1, Visitor overstays: left at 5 Mar 03:00"),
        Case(
            "visitor_overstay",
            [.native(0, "access/north", "visitor_pass", ",\"person\":\"c1\",\"dir\":\"in\""), .quiet(2 * Scene.hour)],
            zh: "访客 罗*华 3月5日00:00 由北门进入,已超过2小时未离开",
            en: "Visitor 罗*华 came in by 北门 at 5 Mar 00:00 and has not left within 2 h"),
        Case(
            "not_returned, after: 12h, during: []",
            [
                .native(6 * Scene.hour, "access/north", "pass", ",\"person\":\"c1\",\"dir\":\"out\""),
                .quiet(18 * Scene.hour),
                .native(19 * Scene.hour, "access/north", "pass", ",\"person\":\"c1\",\"dir\":\"in\""),
            ], zh: "3栋2单元502 罗*华(独居):3月5日06:00 由北门外出,12小时未见返回",
            "3栋2单元502 罗*华(独居) 外出未归:3月5日19:00已返回;已签收的仍请反馈",
            en: "3栋2单元502 罗*华 (lives alone): went out by 北门 at 5 Mar 06:00 and has not come back for 12 h",
            "3栋2单元502 罗*华 (lives alone), Not returned: came back at 5 Mar 19:00"),
        Case(
            "fever", [.native(0, "access/north", "pass", ",\"person\":\"c1\",\"temp_c\":38.2")],
            zh: "大门 罗*华(独居) 体温38.2℃(限值37.3℃),3月5日00:00 北门测得",
            en: "大门 罗*华 (lives alone): 38.2 °C (limit 37.3 °C), measured at 5 Mar 00:00 by 北门"),
    ])
    func `of several doors in a place a text says which, of one alone it does not`(_ item: Case) { item.check() }

    @Test(arguments: [
        Case(
            "low_battery",
            [
                .native(0, "elder/p1", "motion", ",\"battery\":3"),
                .native(minute, "elder/p1", "motion", ",\"battery\":90"),
            ], zh: "3栋2单元502 红外(p1)电量仅3%", "3栋2单元502 红外(p1) 电量低:3月5日00:01已恢复正常;已签收的仍请反馈",
            en: "3栋2单元502 motion sensor (p1): battery at 3 %",
            "3栋2单元502 motion sensor (p1), Low battery: back to normal at 5 Mar 00:01"),
        Case(
            "low_battery", [.native(0, "elder/sos1", "heartbeat", ",\"battery\":3")], zh: "3栋2单元501 呼叫按钮电量仅3%",
            en: "3栋2单元501 call button: battery at 3 %"),
        Case(
            "low_battery", [.native(0, "elder/m1", "power", ",\"battery\":3")], zh: "3栋2单元502 3栋2单元5026号表电量仅3%",
            en: "3栋2单元502 3栋2单元5026号表: battery at 3 %"),
        Case(
            "low_battery", [.native(0, "elder/loose", "heartbeat", ",\"battery\":3")], zh: "挂坠(位置未登记)电量仅3%",
            en: "挂坠 (its place is not on record): battery at 3 %"),
        Case(
            "identity_mismatch", [.native(0, "elder/p1", "motion", ",\"device\":\"p2\"")],
            zh: "3栋2单元502 红外(p1)上报的身份与主题不符(3月5日00:00起)",
            en: "3栋2单元502 motion sensor (p1): says that it is another device, since 5 Mar 00:00"),
        Case(
            "device_flooding, records: 2", (0..<3).map { .native($0, "access/door3", "pass") },
            zh: "3栋单元门上报过多:3月5日00:00起,1分钟内3条",
            en: "3栋单元门: sends too much, 3 in 1 min, since 5 Mar 00:00"),
        Case(
            "device_stuck, unquiet: 3h", (0..<8).map { .native($0 * 30 * minute, "elder/p1", "motion") },
            zh: "3栋2单元502 红外(p1)疑似卡死:3月5日00:00起不停上报",
            en: "3栋2单元502 motion sensor (p1): seems stuck, it has not been quiet since 5 Mar 00:00"),
        Case(
            "device_silent, devices: [sos1]", silence,
            zh: "3栋2单元501 呼叫按钮失联,最后一次:3月5日00:00,超过150分钟无消息",
            "3栋2单元501 呼叫按钮 设备失联:3月5日03:20已恢复上报;已签收的仍请反馈",
            en: "3栋2单元501 call button: silent, heard of last at 5 Mar 00:00, longer ago than 150 min",
            "3栋2单元501 call button, Device silent: heard of again at 5 Mar 03:20"),
        Case(
            "upstream_silent", silence, zh: "3栋2单元502 hub 网关失联,3月5日00:00起,其下4个设备无数据,1户失去守护",
            "3栋2单元701 网关失联,3月5日00:00起,其下3个设备无数据",
            "3栋2单元502 hub 网关或线路失联:3月5日03:20已恢复上报;已签收的仍请反馈",
            en: "3栋2单元502 hub: the gateway has been silent since 5 Mar 00:00, with 4 devices behind it, "
                + "which leaves 1 home unwatched",
            "3栋2单元701: the gateway has been silent since 5 Mar 00:00, with 3 devices behind it",
            "3栋2单元502 hub, Hub or line silent: heard of again at 5 Mar 03:20"),
        Case(
            "expression, match: {kinds: [motion]}, count: {at_least: 1, within: 1m}",
            [.native(0, "elder/p1", "motion")],
            zh: "r:3栋2单元502 红外(p1) 1分钟内1次,3月5日00:00起",
            en: "r: 3栋2单元502 motion sensor (p1): 1 within 1 min, since 5 Mar 00:00"),
    ])
    func `what is wrong with a device says which, with and without a place`(_ item: Case) { item.check() }

    @Test(arguments: [
        Case(
            "sos", [.native(0, "elder/sos2", "sos")], zh: "3栋2单元502 罗*华(独居) 紧急呼救!3月5日00:00:00,床头按钮",
            en: "3栋2单元502 罗*华 (lives alone): call for help! 5 Mar 00:00:00, 床头按钮"),
        Case(
            "sos", [.native(0, "elder/sos1", "sos")], zh: "3栋2单元501 周*、周*兰 紧急呼救!3月5日00:00:00,呼叫按钮",
            en: "3栋2单元501 周*, 周*兰: call for help! 5 Mar 00:00:00, call button"),
        Case(
            "sos", [.native(0, "elder/sos3", "sos")], zh: "3栋2单元503 郑* 紧急呼救!3月5日00:00:00,呼叫按钮",
            en: "3栋2单元503 郑*: call for help! 5 Mar 00:00:00, call button"),
        Case(
            "sos", [.native(0, "elder/sos4", "sos")], zh: "3栋2单元504(住2人) 紧急呼救!3月5日00:00:00,呼叫按钮",
            en: "3栋2单元504 (2 people live there): call for help! 5 Mar 00:00:00, call button"),
        Case(
            "sos", [.native(0, "elder/sos5", "sos")], zh: "3栋2单元505 紧急呼救!3月5日00:00:00,呼叫按钮",
            en: "3栋2单元505: call for help! 5 Mar 00:00:00, call button"),
        Case(
            "sos", [.native(0, "elder/sos9", "sos")], zh: "未登记设备 sos9(位置不明) 紧急呼救!3月5日00:00:00",
            en: "unregistered device sos9 (place unknown): call for help! 5 Mar 00:00:00"),
        Case(
            "fall", [.native(0, "elder/sos2", "fall")], zh: "3栋2单元502 罗*华(独居) 疑似跌倒,3月5日00:00:00,床头按钮",
            en: "3栋2单元502 罗*华 (lives alone): somebody may have fallen, 5 Mar 00:00:00, 床头按钮"),
        Case(
            "fall", [.native(0, "camera/hall1", "fall", sure + ",\"person\":\"c1\"")],
            zh: "3栋 罗*华(独居,家住3栋2单元502) 疑似跌倒,3月5日00:00:00,东厅,可信度90%",
            en: "3栋 罗*华 (lives alone, home: 3栋2单元502): somebody may have fallen, 5 Mar 00:00:00, 东厅, confidence 90 %"),
        Case(
            "fall", [.native(0, "elder/sos2", "fall", ",\"person\":\"stranger\"")],
            zh: "3栋2单元502 疑似跌倒,3月5日00:00:00,床头按钮",
            en: "3栋2单元502: somebody may have fallen, 5 Mar 00:00:00, 床头按钮"),
        Case(
            "smoke_fire", [.native(0, "camera/eye2", "smoke", sure)],
            zh: "3栋2单元502 罗*华(独居) 烟火报警!3月5日00:00:00,厨房,可信度90%",
            en: "3栋2单元502 罗*华 (lives alone): smoke or fire! 5 Mar 00:00:00, 厨房, confidence 90 %"),
        Case(
            "no_movement", [.quiet(0)], zh: "3户既无传感器也无门禁凭证,系统无法守护:3栋2单元501、3栋2单元601、赵*",
            en: "3 homes have neither sensor nor credential, so nobody there can be watched over: "
                + "3栋2单元501, 3栋2单元601, 赵*"),
    ])
    func `who the record tells, else who lives there, is named with the name masked`(_ item: Case) { item.check() }
}
