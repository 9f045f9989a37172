package import JSONWriting

/// An evaluation as JSON and as a sheet.
package enum EvaluationTable {
    /// One row as an object: lengths of time in seconds, what nobody did left out.
    package static func write(_ row: EvaluationRow, to object: inout JSONWriter) {
        object.text("group", row.group)
        object.number("cases", row.cases)
        object.number("closed", row.closed)
        object.number("resolved", row.resolved)
        for (name, times) in [("acknowledge", row.acknowledge), ("arrive", row.arrive), ("close", row.close)] {
            object.object(name) { writer in
                writer.number("count", times.count)
                if let median = times.median { writer.number("median", median) }
                if let ninety = times.ninety { writer.number("p90", ninety) }
                if let worst = times.worst { writer.number("worst", worst) }
            }
        }
        object.object("on_time") { writer in
            for step in ClockStep.allCases {
                guard let share = row.onTime[step] else { continue }
                writer.object(step.rawValue) { share.write(to: &$0) }
            }
        }
        object.object("not_right") { row.notRight.write(to: &$0) }
        object.number("handled", row.handled)
        object.number("rework", row.rework)
        object.number("returns", row.returns)
        object.number("escalations", row.escalations)
        object.object("escalations_on_time") { row.escalationsOnTime.write(to: &$0) }
        object.number("arrival_not_reported", row.unreported)
        object.number("self_checked", row.selfChecked)
    }

    /// A sheet that spreadsheet programs open as they should: UTF-8 with a mark, CRLF, a header line, and no cell that
    /// they would take for a formula.
    package static func csv(_ rows: [EvaluationRow], isChinese: Bool) -> [UInt8] {
        let lines = [columns.map { isChinese ? $0.zh : $0.en }] + rows.map { row in columns.map { $0.value(row) } }
        let text = lines.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined()
        return [0xEF, 0xBB, 0xBF] + Array(text.utf8)
    }

    /// A cell that begins as a formula does gets an apostrophe before it.
    package static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    private struct Column {
        var zh: String
        var en: String
        var value: @Sendable (EvaluationRow) -> String
    }

    private static let columns: [Column] =
        [
            Column(zh: "分组", en: "group") { $0.group },
            Column(zh: "案件", en: "cases") { "\($0.cases)" },
            Column(zh: "结案", en: "closed") { "\($0.closed)" },
            Column(zh: "自行解除", en: "resolved") { "\($0.resolved)" },
        ] + times(zh: "签收", en: "acknowledge") { $0.acknowledge }
        + times(zh: "到场", en: "arrive") { $0.arrive } + times(zh: "结案", en: "close") { $0.close }
        + [
            share(zh: "按时签收", en: "ack on time") { $0.onTime[.ack] },
            share(zh: "按时到场", en: "arrive on time") { $0.onTime[.arrive] },
            share(zh: "按时处置", en: "handle on time") { $0.onTime[.handle] },
            share(zh: "按时核查", en: "check on time") { $0.onTime[.check] },
            share(zh: "按时结案", en: "case on time") { $0.onTime[.case] },
            Column(zh: "已答是否属实", en: "answered") { "\($0.notRight.of)" },
            Column(zh: "误报", en: "not right") { "\($0.notRight.met)" },
            Column(zh: "处置", en: "handled") { "\($0.handled)" },
            Column(zh: "返工", en: "rework") { "\($0.rework)" },
            Column(zh: "回退", en: "returns") { "\($0.returns)" },
            Column(zh: "吹哨", en: "escalations") { "\($0.escalations)" },
            share(zh: "按时报到", en: "escalations on time") { $0.escalationsOnTime },
            Column(zh: "未报到场", en: "arrival not reported") { "\($0.unreported)" },
            Column(zh: "自行核查", en: "self-checked") { "\($0.selfChecked)" },
        ]

    private static func times(
        zh: String, en: String, _ times: @escaping @Sendable (EvaluationRow) -> EvaluationRow.Times
    ) -> [Column] {
        [
            Column(zh: zh + "中位秒", en: en + " median s") { times($0).median.map { "\($0)" } ?? "" },
            Column(zh: zh + "九成秒", en: en + " 90% s") { times($0).ninety.map { "\($0)" } ?? "" },
            Column(zh: zh + "最长秒", en: en + " worst s") { times($0).worst.map { "\($0)" } ?? "" },
        ]
    }

    /// Percent; empty where nothing could be judged.
    private static func share(
        zh: String, en: String, _ share: @escaping @Sendable (EvaluationRow) -> EvaluationRow.Share?
    ) -> Column {
        Column(zh: zh + "率%", en: en + " %") { row in share(row)?.percent.map { "\($0)" } ?? "" }
    }
}

extension EvaluationRow.Share {
    fileprivate func write(to object: inout JSONWriter) {
        object.number("met", met)
        object.number("of", of)
    }
}
