import Diagnostics

/// The columns of each sheet: the contract's name, and the Chinese headers that are read as well. The first Chinese one
/// is the one that we write ourselves.
struct SheetColumn {
    var field: SheetField
    var name: String
    var aliases: [String]

    init(_ field: SheetField, _ name: String, _ aliases: String) {
        self.field = field
        self.name = name
        self.aliases = aliases.split(separator: " ").map(String.init)
    }

    static func all(of kind: SheetKind) -> [SheetColumn] {
        switch kind {
        case .places: places
        case .devices: devices
        case .residents: residents
        case .workers: workers
        case .shifts: shifts
        }
    }

    private static let address = [
        SheetColumn(.building, "building", "楼栋 栋 楼 楼号 栋号 楼栋号 幢 楼幢 幢号 楼宇 座"),
        SheetColumn(.unit, "unit", "单元 单元号"),
    ]
    private static let note = SheetColumn(.note, "note", "备注 说明 附注 注 notes remark")
    private static let phone = SheetColumn(
        .phone, "phone", "电话 手机号 手机 手机号码 电话号码 联系电话 联系方式 本人电话 telephone mobile")

    private static let places =
        [
            SheetColumn(.id, "id", "编号 场所编号 位置编号 地点编号 代码 编码"),
            SheetColumn(.kind, "kind", "类型 类别 种类 场所类型 场所类别 type"),
            SheetColumn(.parent, "parent", "上级 上级编号 上级场所 所属 所属场所 隶属 父级"),
            SheetColumn(.name, "name", "名称 场所名称 位置名称 场所 位置 地点 名字"),
            SheetColumn(.grid, "grid", "网格 所属网格 网格编号 网格号 grids"),
            SheetColumn(.room, "room", "室 房间 房号 房间号 室号 门牌 门牌号 户号"),
        ] + address + [note]

    private static let devices =
        [
            SheetColumn(.id, "id", "编号 设备编号 设备号 设备id 设备代码 序列号 device"),
            SheetColumn(.place, "place", "场所 位置 安装位置 安装场所 安装地点 地点 所在位置 住址 房号 地址 门牌号"),
            SheetColumn(.family, "family", "类别 大类 设备类别 系列 设备大类"),
            SheetColumn(.kind, "kind", "类型 设备类型 种类 设备种类 type"),
            SheetColumn(.heartbeat, "heartbeat", "心跳 心跳周期 心跳间隔 上报周期 上报间隔"),
            SheetColumn(.identity, "identity", "标识 设备标识 平台标识 上报名称 上报标识 原始编号"),
            SheetColumn(.via, "via", "经由 网关 中继 集线器 所属网关 上级网关 gateway hub"),
            SheetColumn(.direction, "dir", "方向 进出 进出方向 通行方向 direction"),
            SheetColumn(.name, "name", "名称 设备名称 名字"),
            SheetColumn(.room, "room", "室 房间 房间号 室号"),
        ] + address + [note]

    private static let residents =
        [
            SheetColumn(.id, "id", "编号 居民编号 人员编号 住户编号 老人编号 代码"),
            SheetColumn(.dwelling, "dwelling", "住址 房号 地址 住所 住房 房屋 家庭住址 居住地址 居住地 详细地址 门牌 门牌号 address"),
            SheetColumn(.name, "name", "姓名 名称 名字 居民姓名 老人姓名 人员姓名"),
            phone,
            SheetColumn(.care, "care", "关爱类别 照护 关爱 照护类别 关爱对象 照料 照料类别 类别 人员类别 老人类别 类型"),
            SheetColumn(.livesAlone, "lives_alone", "独居 是否独居 独居老人 独居否"),
            SheetColumn(.inactiveAfter, "inactive_after", "无活动时限 不活动时限 静默时限 无活动时长 预警时限 未活动时限"),
            SheetColumn(.awayFrom, "away_from", "外出自 外出起 外出开始 外出日期 外出时间 离家日期 离开日期"),
            SheetColumn(.awayUntil, "away_until", "外出至 外出止 外出结束 返回日期 返家日期 回来日期 返回时间"),
            SheetColumn(.credentials, "credentials", "凭证 卡号 门禁卡 门禁卡号 通行凭证 人员凭证 人脸编号 卡片编号 ic卡号 credential card"),
            SheetColumn(.born, "born", "出生 出生日期 生日 出生年月日 出生年月 birthday"),
            SheetColumn(.contacts, "family", "家属 家属电话 联系人 紧急联系人 亲属 子女 家人 亲属电话"),
            SheetColumn(.consent, "family_consent", "家属知情同意 通知家属 同意通知家属 家属同意 可通知家属"),
            SheetColumn(.keyHolder, "key_holder", "钥匙 钥匙保管人 持钥匙人 钥匙持有人 备用钥匙 钥匙保管"),
            SheetColumn(.since, "since", "登记日期 登记 建档日期 入册日期 登记时间 起始日期 入住日期"),
            SheetColumn(.room, "room", "室 房间 房间号 室号"),
        ] + address + [note]

    private static let workers = [
        SheetColumn(.id, "id", "编号 工号 人员编号 网格员编号 代码"),
        SheetColumn(.name, "name", "姓名 名字 名称 网格员姓名"),
        SheetColumn(.role, "role", "角色 岗位 职务 身份 职责"),
        phone,
        SheetColumn(.grid, "grid", "网格 负责网格 所属网格 网格编号 网格号 grids"),
        SheetColumn(.channels, "channels", "通道 通知方式 通知通道 通知渠道 渠道 channel"),
        SheetColumn(.shift, "shift", "班次 值班 排班 值班时间 上班时间 班时 shifts"),
        note,
    ]

    private static let shifts = [
        SheetColumn(.date, "date", "日期 班次日期 值班日期"),
        SheetColumn(.worker, "worker", "人员 工号 网格员 人员编号 值班人"),
        SheetColumn(.duty, "duty", "上下班 值班 在岗 班 状态 on"),
        SheetColumn(.standsFor, "for", "顶班 替谁 代替 顶替 替班"),
        note,
    ]

    /// Headers of a dwelling that mean the room alone where the sheet has a column for the building.
    static let roomLike: Set<String> = ["房号", "门牌", "门牌号"]
}
