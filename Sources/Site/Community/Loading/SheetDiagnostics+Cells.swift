import Diagnostics

/// Problems of one cell, whatever the other rows say. Phones, names and credentials are not repeated in the texts,
/// because a running daemon writes them to its log.
extension UnplacedDiagnostic {
    /// What a wrong cell costs.
    enum Cost {
        case row, cell, code

        var phrase: LocalizedText {
            switch self {
            case .row: LocalizedText(zh: "此行未读", en: "the row is left out")
            case .cell: LocalizedText(zh: "这一格按没有填处理", en: "the cell is read as if it were empty")
            case .code: LocalizedText(zh: "这个号码不作数", en: "this code does not count")
            }
        }
    }

    static func errorCell(_ value: String, _ cost: Cost) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "error-cell",
            LocalizedText(
                zh: "单元格是表格软件的错误值 \(shown(value))，\(cost.phrase.zh)",
                en: "the cell is the spreadsheet's error \(shown(value)); \(cost.phrase.en)"),
            LocalizedText(zh: "请改正公式，或直接填入内容", en: "correct the formula, or type the value itself"))
    }

    /// What a spreadsheet made of a code.
    static func damage(
        _ damage: SpreadsheetDamage, _ value: String, _ form: RegistryLoader.CodeForm, _ cost: Cost
    ) -> UnplacedDiagnostic {
        switch damage {
        case .error: errorCell(value, cost)
        case .number: scientificNumber(value, cost)
        case .date, .time: dateCode(value, isTime: damage == .time, isAddress: form == .address, cost)
        }
    }

    private static func scientificNumber(_ value: String, _ cost: Cost) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "scientific-number",
            LocalizedText(
                zh: "长号码被表格软件变成了科学计数 \(shown(value))，原号码已丢失，\(cost.phrase.zh)",
                en: "the spreadsheet made a long number \(shown(value)), its digits are lost; \(cost.phrase.en)"),
            LocalizedText(
                zh: "请先把整列的格式设为“文本”，再重新输入号码", en: "set the column's format to Text, then type the number again"))
    }

    private static func dateCode(_ value: String, isTime: Bool, isAddress: Bool, _ cost: Cost) -> UnplacedDiagnostic {
        let what = isTime ? LocalizedText(zh: "时间", en: "time") : LocalizedText(zh: "日期", en: "date")
        let sample =
            isAddress ? LocalizedText(zh: "，再按“3栋/2单元/502”的样子重新输入", en: ", then type it again, as 3栋/2单元/502") : nil
        return UnplacedDiagnostic(
            .error, isAddress ? "date-address" : "date-code",
            LocalizedText(
                zh: "\(isAddress ? "地址或编号" : "号码")被表格软件变成了\(what.zh) \(shown(value))，\(cost.phrase.zh)",
                en: "the spreadsheet turned \(isAddress ? "an address or id" : "a code") into the \(what.en) "
                    + "\(shown(value)); \(cost.phrase.en)"),
            LocalizedText(
                zh: "请先把整列的格式设为“文本”\(sample?.zh ?? "，再重新输入")",
                en: "set the column's format to Text\(sample?.en ?? ", then type the code again")"))
    }

    static func roundedNumber() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .warning, "rounded-number",
            LocalizedText(
                zh: "长号码以 0 结尾，表格软件只保留前 15 位，后面的可能已丢失",
                en: "a long number ends in zeros: spreadsheets keep 15 digits only, the rest may be lost"),
            LocalizedText(
                zh: "请核对；如不对，把整列设为“文本”后重新输入",
                en: "check it; if it is wrong, set the column's format to Text and type it again"))
    }

    static func missingID(_ kind: SheetKind) -> UnplacedDiagnostic {
        let remedy =
            switch kind {
            case .places: LocalizedText(zh: "请填编号，或填楼栋、单元、室", en: "fill in an id, or building, unit and room")
            case .residents: LocalizedText(zh: "请填编号或住址", en: "fill in an id or the dwelling")
            case .devices, .workers, .shifts: LocalizedText(zh: "请填编号", en: "fill in an id")
            }
        return UnplacedDiagnostic(
            .error, "missing-id",
            LocalizedText(zh: "没有编号，也推不出编号，此行未读", en: "there is no id, and none can be derived; the row is left out"),
            remedy)
    }

    static func missingName() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .warning, "missing-name", LocalizedText(zh: "没有姓名", en: "there is no name"),
            LocalizedText(zh: "请填姓名，通知里才好称呼", en: "fill in the name, so that messages can say it"))
    }

    static func badDate(_ value: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-date",
            LocalizedText(
                zh: "不是日期：\(shown(value))，\(Cost.cell.phrase.zh)",
                en: "\"\(shown(value))\" is no date; \(Cost.cell.phrase.en)"),
            LocalizedText(
                zh: "请写成 2024-05-01、2024/5/1 或 2024年5月1日", en: "write it as 2024-05-01, 2024/5/1 or 2024年5月1日"))
    }

    static func badDuration(_ value: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-duration",
            LocalizedText(
                zh: "不是时长：\(shown(value))，\(Cost.cell.phrase.zh)",
                en: "\"\(shown(value))\" is no length of time; \(Cost.cell.phrase.en)"),
            LocalizedText(zh: "请写成 72h、3d 或 30m", en: "write a number and a unit, as 72h, 3d or 30m"))
    }

    static func badYesNo(_ value: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-yes-no",
            LocalizedText(
                zh: "看不出是或否：\(shown(value))，在改正之前按需要关注处理",
                en: "\"\(shown(value))\" is neither yes nor no; until it is corrected the person is watched"),
            LocalizedText(zh: "请写 是 或 否（也可用 √、1、0、yes、no）", en: "write yes or no (是, 否, √, 1 and 0 will do)"))
    }

    static func badConsent(_ value: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-consent",
            LocalizedText(
                zh: "看不出是或否：\(shown(value))，在改正之前不通知家属",
                en: "\"\(shown(value))\" is neither yes nor no; until it is corrected the family is not told"),
            LocalizedText(zh: "请写 是 或 否（也可用 √、1、0、yes、no）", en: "write yes or no (是, 否, √, 1 and 0 will do)"))
    }

    static func badDuty(_ value: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-duty",
            LocalizedText(
                zh: "看不出上班还是不上班：\(shown(value))，此行未用",
                en: "\"\(shown(value))\" is neither on nor off; the row is left out"),
            LocalizedText(zh: "请写 on（上班）或 off（休假）", en: "write on, or off for leave"))
    }

    static func badPhone() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .warning, "bad-phone", LocalizedText(zh: "电话号码的样子不对", en: "this does not look like a telephone number"),
            LocalizedText(
                zh: "请核对位数；手机号 11 位，座机带区号", en: "check the digits: 11 for a mobile, area code for a land line"))
    }

    /// Letters where a number should be: nobody can be called by it.
    static func notAPhone() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "not-a-phone",
            LocalizedText(
                zh: "这里不是电话号码，这个号码不作数",
                en: "this is no telephone number; it does not count"),
            LocalizedText(zh: "请填号码；说明文字请写到备注一栏", en: "write the number; put remarks into the column note"))
    }

    static func badCredential() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-credential",
            LocalizedText(zh: "有一个凭证写法不对，该凭证不作数", en: "a credential is not well formed; it does not count"),
            LocalizedText(
                zh: "请用 | 分隔；限定设备的写成 设备编号:号码，如 gate-north:22",
                en: "separate them by |; scope one to a device as gate-north:22"))
    }

    static func awayBackwards() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "away-backwards",
            LocalizedText(
                zh: "外出的结束日期早于开始日期，这次外出不作数", en: "the absence ends before it begins; it does not count"),
            LocalizedText(zh: "请核对外出自和外出至", en: "check away_from and away_until"))
    }

    /// Only the end of an absence is known: it may have been meant for next year.
    static func awayWithoutStart() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .warning, "away-without-start",
            LocalizedText(zh: "外出的开始日期有误，这次外出不作数", en: "the absence's first day is wrong; the absence does not count"),
            LocalizedText(zh: "请改正外出自", en: "correct away_from"))
    }

    static func missingKind() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "missing-kind", LocalizedText(zh: "没有写场所类型，此行未读", en: "the kind is missing; the row is left out"),
            LocalizedText(
                zh: "请填 小区、楼栋、单元、楼层、住户 或 区域", en: "write one of \(PlaceKind.names.joined(separator: ", "))"))
    }

    static func unknownKind(_ value: String, nearest: String?) -> UnplacedDiagnostic {
        let meant = meant(nearest)
        return UnplacedDiagnostic(
            .error, "unknown-kind",
            LocalizedText(
                zh: "不认识的场所类型：\(shown(value))，此行未读",
                en: "\"\(shown(value))\" is no kind of place; the row is left out"),
            LocalizedText(
                zh: meant.zh + "请填 小区、楼栋、单元、楼层、住户 或 区域（\(PlaceKind.names.joined(separator: "、"))）",
                en: meant.en + "write one of \(PlaceKind.names.joined(separator: ", "))"))
    }

    static func unknownFamily(_ value: String, nearest: String?) -> UnplacedDiagnostic {
        let meant = meant(nearest)
        return UnplacedDiagnostic(
            .error, "unknown-family",
            LocalizedText(
                zh: "不认识的设备类别：\(shown(value))，改由类型推出",
                en: "\"\(shown(value))\" is no family of devices; it follows from the kind instead"),
            LocalizedText(
                zh: meant.zh + "请填 access（门禁）、camera（摄像）、elder（居家）或 report（上报）",
                en: meant.en + "write one of \(Device.families.joined(separator: ", "))"))
    }

    static func badDirection(_ value: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-direction",
            LocalizedText(
                zh: "看不懂的方向：\(shown(value))，改以报文为准",
                en: "\"\(shown(value))\" is no direction; the payload's counts instead"),
            LocalizedText(zh: "请写 in、out 或 1=in|2=out，不填则以报文为准", en: "write in, out or 1=in|2=out, or leave it empty"))
    }

    static func badShift(_ value: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-shift",
            LocalizedText(
                zh: "看不懂的班次：\(shown(value))，在改正之前按全天值班处理",
                en: "\"\(shown(value))\" is no shift; until it is corrected the worker is always on duty"),
            LocalizedText(
                zh: "请写成 Mon-Fri 08:00-18:00; Sat 20:00-08:00 或 周一至周五 08:00-18:00",
                en: "write it as Mon-Fri 08:00-18:00; Sat 20:00-08:00"))
    }

    static func badChannel() -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            .error, "bad-channel",
            LocalizedText(zh: "有一个通道写法不对，该通道不作数", en: "a channel is not well formed; it does not count"),
            LocalizedText(zh: "请写成 sms:13800001111|wecom-grid3", en: "write them as sms:13800001111|wecom-grid3"))
    }

    static func unknownRole(_ value: String, nearest: String?) -> UnplacedDiagnostic {
        let meant = meant(nearest)
        return UnplacedDiagnostic(
            .warning, "unknown-role",
            LocalizedText(zh: "不认识的角色：\(shown(value))", en: "\"\(shown(value))\" is no known role"),
            LocalizedText(
                zh: meant.zh + "已知角色：\(Worker.roles.joined(separator: "、"))、department:名称、partner:名称",
                en: meant.en + "known are \(Worker.roles.joined(separator: ", ")) department:NAME and partner:NAME"))
    }
}
