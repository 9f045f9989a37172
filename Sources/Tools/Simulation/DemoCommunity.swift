/// The community of the demo: two buildings, 24 cameras, four gates, forty elders, as files that the daemon reads like
/// anybody's. All names are invented.
package struct DemoCommunity: Sendable {
    package static let elders = 40
    package static let site = "demo"
    /// Two of the elders, whose homes are side by side.
    package static let auntLuo = 0
    package static let nextDoor = 1

    package init() {}

    package var places: String {
        var lines = ["编号,类型,上级,名称,网格", "demo,小区,,示范小区,"]
        for building in 1...2 { lines.append("\(building)栋,楼栋,demo,\(building)栋,网格\(building)") }
        for side in ["1栋东侧", "1栋西侧", "2栋东侧", "2栋西侧"] { lines.append("\(side),区域,\(side.prefix(2)),\(side),") }
        for gate in ["北门", "南门", "东门", "西门"] { lines.append("\(gate),区域,demo,\(gate),网格1") }
        return lines.joined(separator: "\n") + "\n"
    }

    package var devices: String {
        var lines = ["编号,位置,类别,类型,心跳,名称"]
        for (index, gate) in ["北门", "南门", "东门", "西门"].enumerated() {
            lines.append("gate-\(index + 1),\(gate),access,gate,,")
        }
        for index in 0..<8 {
            let side = ["1栋东侧", "1栋西侧", "2栋东侧", "2栋西侧"][index / 2]
            lines.append("cam-facade-\(index + 1),\(side),camera,facade,,\(side)\(index % 2 + 1)号摄像头")
        }
        for index in 0..<8 {
            lines.append("cam-lift-\(index + 1),\(index / 4 + 1)栋,camera,lift,,\(index / 4 + 1)栋\(index % 4 + 1)号电梯摄像头")
        }
        for index in 0..<8 {
            lines.append("cam-lane-\(index + 1),\(["北门", "南门", "东门", "西门"][index / 2]),camera,lane,,")
        }
        for elder in 0..<DemoCommunity.elders {
            lines.append("pir-\(elder),\(DemoCommunity.home(elder)),elder,pir,6h,客厅红外")
            lines.append("door-\(elder),\(DemoCommunity.home(elder)),elder,contact,6h,入户门磁")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    package var residents: String {
        var lines = ["编号,住址,姓名,电话,关爱类别"]
        let families = Array("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马")
        let given = Array("兰英秀珍玉梅芳桂菊凤国建德福生")
        for elder in 0..<DemoCommunity.elders {
            let name =
                elder == DemoCommunity.auntLuo
                ? "罗桂华"
                : String([
                    families[elder % families.count], given[elder * 7 % given.count], given[elder * 11 % given.count],
                ])
            lines.append("e\(elder),\(DemoCommunity.home(elder)),\(name),1380000\(1000 + elder),独居")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    package var workers: String {
        "编号,姓名,角色,电话,网格,通道\nw1,周敏,grid-worker,13900000001,网格1,phone\nw2,吴强,grid-worker,13900000002,网格2,phone\n"
            + "g1,保安岗,guard,13900000003,,phone\n"
    }

    package static func home(_ elder: Int) -> String {
        "\(elder / 20 + 1)栋/\(elder % 20 / 10 + 1)单元/\(elder % 10 / 2 + 1)0\(elder % 2 + 1)"
    }

    /// An hour passes in a second here, so the windows that are seconds elsewhere are minutes: what two cameras saw
    /// within ten seconds of each other would otherwise have three thousandths of a second to arrive in.
    package func configuration(broker: UInt16, receiver: Int) -> String {
        """
        site: {id: demo, name: 示范小区, timezone: Asia/Shanghai, language: zh-Hans}
        mqtt: {broker: "mqtt://127.0.0.1:\(broker)", client_id: shouwang-demo, qos: 1}
        registry: registry/
        feeds: [{topic: "community/+/+/+", format: native}]
        store: {path: state/, journal: {sync: batch}}
        rules:
          no-movement: {kind: no_movement, stages: [{after: 24h, severity: medium}, {after: 72h, severity: high}]}
          throw: {kind: thrown_object, confidence: 0.6, merge: 5m, severity: critical}
          lift-ebike:
            kind: ebike_in_building
            zone: lift
            confidence: 0.6
            confirm: {count: 2, within: 2m}
            merge: 10m
            severity: high
            publish: {topic: "lift/{device}/hold", payload: '{"hold":true}', release: '{"hold":false}',
              fresh: 10m, max: 10m}
        routes:
          - {match: {kind: [no_movement]}, to: [grid-worker]}
          - {match: {kind: [thrown_object, ebike_in_building]}, to: [guard]}
        channels:
          phone: {kind: webhook, url: "http://127.0.0.1:\(receiver)/alerts"}

        """
    }
}
