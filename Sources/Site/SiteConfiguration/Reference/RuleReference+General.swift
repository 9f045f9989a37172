import Diagnostics

/// What holds for every rule, paragraph by paragraph.
extension RuleReference {
    static let general: [LocalizedText] = [
        made, identity, time, episode, lifeSafety, events, times, life, entrance, silence, verdicts, visits, publish,
        pages,
    ]

    private static let made = LocalizedText(
        zh: "由程序的规则目录生成；`shouwang check` 用同一张表，把每条规则说成一句话。",
        en:
            "Made from the program's catalogue of rules; `shouwang check` tells each rule in one sentence from the "
            + "same table.")

    private static let identity = LocalizedText(
        zh: """
            规则是配置里有名称的条件。名称就是身份：预警编号由小区、规则、对象和起始时间算出；改名时写 `was: 旧名`，状态随之保留。每条规则都可以写：

            | 键 | 含义 |
            |---|---|
            | `title` | 给人看的名称 `{zh-Hans, en}` |
            | `severity` | critical 紧急，high 重要，medium 一般，low 提示 |
            | `key` | 按什么计：person dwelling place building device credential visit vehicle report |
            | `calendar`、`except` | 只在、不在哪些时段开始，见“时段” |
            | `cooldown` | 一次结束后，同一对象静默多久 |
            | `zone` `places` `device_kinds` `devices` `confidence` | 只看这些；观测没说的是“未知”，未知既不开始也不结束（人命安全的置信度除外） |
            """,
        en: """
            A rule is a named condition in the configuration. Its name is its identity: the alert's id is made from \
            site, rule, key and start; after a renaming `was: old-name` carries the state over. Each rule takes:

            | key | meaning |
            |---|---|
            | `title` | what people read, `{zh-Hans, en}` |
            | `severity` | critical, high, medium, low |
            | `key` | what it counts for: person dwelling place building device credential visit vehicle report |
            | `calendar`, `except` | the hours in which alone, or in which not, it begins: see "Hours" |
            | `cooldown` | how long the same key stays quiet after an end |
            | `zone` `places` `device_kinds` `devices` `confidence` | only these. What an observation does not tell is \
            unknown, and unknown neither begins nor ends anything (but for the confidence of life safety) |
            """)

    private static let time = LocalizedText(
        zh: "**时间。** 规则信记录里的时间，不看系统时钟。消息自带的 `ts` 不早于 2020 年（更早的日志：收到时刻前 24 小时）、且不超前收到时刻 2 分钟以上才算数，否则用收到时刻。"
            + "一分钟以内的窗口按收到时刻计，因为各设备的钟相差数秒。`detected` 是到点的时刻，`started` 是开始的时刻，发出后不再变。",
        en:
            "**Time.** Rules believe the time of the records, not the system's. A message's own `ts` counts if it is "
            + "not before 2020 (in older logs, 24 h before its arrival) and not more than 2 minutes ahead of its "
            + "arrival; else its arrival does. Windows under one minute count in arrival time, since devices' clocks "
            + "differ by seconds. `detected` is the deadline, "
            + "`started` the beginning; both stay as they were told.")

    private static let episode = LocalizedText(
        zh: "**一次一条。** 条件一直成立，就一直是同一条预警，新情况是 `updated`；只是次数增加的，每条"
            + "预警每分钟至多写一次，带当时的次数。保留消息（retained）是状态不是事件，只有事关人命的规则照报。"
            + "**一条消息只算一次：** 有 `id` 且自带时间可信的，同一设备最近 256 条、24 小时内内容相"
            + "同即为重发（断线重连的积压不限时间）；"
            + "只有 `id` 的，重连的积压中内容相同，或 60 秒内再次出现且这个 `id` 与该设备之前的不同（从"
            + "不变化的 `id` 不算编号）；"
            + "没有 `id` 的，重连的积压中与断线前最近 1,000 条的消息号、主题、内容都相同。"
            + "一台设备最近 20 条有一半以上被当作重发丢弃，报 `device_stuck`，`detail.ids"
            + "` 为条数。",
        en:
            "**One alert an episode.** While the condition holds there is one alert; what is new is `updated`; "
            + "what only counts is written at most once a minute and alert, with the count. A retained message is "
            + "a state, not an event: only life safety raises for it. **A message counts once.** With an `id` and "
            + "a time of its own that is believed: the same body among the device's last 256 and within 24 h, and "
            + "at any age in the backlog of a session that was resumed. With an `id` alone: the same body in such "
            + "a backlog, or within 60 s of the first copy if that `id` was another than the device's before it "
            + "(an `id` that never changes is none). Without: the same message id, topic and body as one of the "
            + "last 1,000 before the session broke, while its backlog comes in. A device of whose last 20 "
            + "messages over half are left out so is told by `device_stuck`, `detail.ids` says how many.")

    private static let lifeSafety = LocalizedText(
        zh: """
            **人命安全。** `sos`、`fall`、`smoke_fire`（烟雾、火、燃气 `gas`、一氧化碳 `co`，见 `detail.\
            of`）、`lift_trapped`、`leak`（漏水，一般）有内置规则：本类规则的范围（`places` `zone` `device\
            s` `device_kinds` `kinds`）没有覆盖到的，由以该种类命名、按默认设置的内置规则报警（名称已被占用时为 `built-\
            in-种类`）。范围之内按所写的 `confidence`、`confirm`、级别和对象。`life_safety: {off: [fal\
            l]}` 关闭一条，`check` 会警告。升级后只看升级以后的记录。没有或读不出的置信度满足任何门槛。`value` 为 false、0、\
            off、no（烟火气和跌倒还有 `phase: end`）是设备说“没有”，不报警也不解除。不设时段，不受静默、补收、重复编号影响；同一消息\
            只在断线重连的积压里按消息号去重，已报过的保留消息不再报，其余按 `merge` 合并。

            **设备卡在报警状态：** 连续 10 次、间隔相差不超过 5 秒或 10%、历时 10 分钟以上。此后它的报警并入该设备最近一条未结案的预\
            警（`updated`，`detail.count` 为次数、`detail.stuck` 为间隔），每小时至多通知一次；结案后再次报警，每\
            小时至多一条。间隔一变即恢复，别的按压照常报警。
            """,
        en: """
            **Life safety.** `sos`, `fall`, `smoke_fire` (smoke, fire, `gas`, carbon monoxide `co`: see \
            `detail.of`), `lift_trapped` and `leak` (medium) have built-in rules: what no rule of the kind has in \
            its scope (`places` `zone` `devices` `device_kinds` `kinds`) goes to a rule named as the kind, with the \
            defaults (named `built-in-KIND` where that name is taken). Within its scope a written rule's \
            `confidence`, `confirm`, severity and key hold. `life_safety: {off: [fall]}` switches one off, and \
            `check` warns. After an upgrade they look at what comes since. A confidence that is not told or cannot \
            be read meets every threshold. A `value` of false, 0, off or no (of smoke, fire, gas and falls `phase: \
            end` too) is the device's word that there is none: no alert, and it ends nothing. They take no hours, \
            and neither cooldown, backlog nor a repeated `id` holds them back: only the message id in the backlog of \
            a resumed session makes a copy, and a retained copy of a call that was told is not told again; what else \
            belongs together is joined by `merge`.

            **Stuck in alarm** is a device from the tenth call in a row whose gaps differ by at most 5 s or 10 %, \
            over at least 10 min. From then on its calls join its newest alert that is not closed (`updated`; \
            `detail.count` says how many, `detail.stuck` at which pace), told at most once an hour; after a closing \
            the next raises again, at most once an hour. An uneven gap ends it. Every other press raises as ever.
            """)

    private static let events = LocalizedText(
        zh: "**状态会解除，事件不会。** 静默、占道、门未关、发热、超限、设备失联等状态结束即解除；呼救、抛物、电动车、强行开门、凭证重复进出等事件要有人处理。",
        en:
            "**Conditions resolve, events do not.** Silence, a blocked lane, an open door, fever, flow and the state "
            + "of devices resolve when they end; a call for help, a throw, an e-bike, a forced door, a credential that "
            + "went in twice wait for somebody.")

    private static let times = LocalizedText(
        zh: """
            **时段。** `calendar`、`except`、`during` 写法同网格员的班次：`Mon-Fri 22:00-05:00`、`周六 20:00-08:00`，多段用 `;` 分开；没有日子是每天，\
            没有时间是全天。\
            过夜的一段属于开始的那一天。`workdays`（工作日）、`holidays`（节假日）、`weekends`（周末）按 `site.holidays` 的表：`date,kind,name`，\
            kind 为 holiday（节假日）或 workday（调休上班）。没有这张表，工作日就是周一到周五。`during` 是“那时用别的时长”，按开始的时刻看。

            状态（门、车道、数值、设备卡住或刷屏等）：时段内开始的，过了时段照样计时、照样报；时段外开始、到时段开始时仍在的，从时段开始起算（`started`），真正的开始写在 \
            `detail.since`。无活动、失联照常计时，到时段允许的第一刻再报。先后类看前一事的时刻；次数类、一次一报的事件，时段外的不算；过门测得的体温只看当时。\
            时段结束时未结案的继续，照常解除，但不升级，升级等到下一个时段。
            """,
        en: """
            **Hours.** `calendar`, `except` and `during` are written as a worker's shift is: `Mon-Fri 22:00-05:00`, \
            `Sat 20:00-08:00`, several divided by `;`; no day is every day, no hours the whole day. A span over \
            midnight \
            belongs to the day on which it begins. `workdays`, `holidays` and `weekends` go by the sheet of \
            `site.holidays`: `date,kind,name`, where kind is holiday, or workday for a make-up day. Without it \
            workdays \
            are Monday to Friday. `during` is another length at those hours, judged at the beginning.

            States (a door, a lane, a number, a device that is stuck or floods): what began within the hours goes on \
            counting beyond their end, and is told; what began outside and still holds when they next begin, begins \
            then (`started`; `detail.since` has the true beginning). Absences and silences run on, and are told at \
            the first instant that the hours allow. One thing after another is judged at the first; what is counted, \
            and single events, outside of the hours are none; the temperature of somebody who passes is that \
            moment's. What is open when the hours end goes on and resolves as ever, and reaches no further stage \
            before they begin again.
            """)

    private static let life = LocalizedText(
        zh: """
            **活动迹象**（`no_movement`）。算：居民凭证的通行、在任何地方认出本人；家中的红外、存在，门磁、床的状态变化，用水用电；呼救。\
            不算：心跳、电量和温度、重复的状态、保留消息、比已知更旧的历史。红外会自己误触发：`evidence: {count: 3, within: 15m}` 要求红外、存在互相印证，其余一次即算。\
            看护登记表里“关爱类别”或“独居”有内容的居民，按户一条；`无活动时限` 代替最后一级；`外出自` 到 `外出至`（含首尾，无截止为 14 天）全户外出时不报。\
            晚到的旧迹象只推后 `last_evidence`，既不解除也不另报。
            """,
        en: """
            **A sign of life** (`no_movement`): a pass with the resident's credential or a sighting of the person, \
            anywhere; motion and presence in the home, a contact or bed that changes, power or water in use; SOS. Not \
            one: heartbeats, battery and temperature, an unchanged state told again, a retained message, history older \
            than what is known. A PIR fires by itself at times: `evidence: {count: 3, within: 15m}` asks motion and \
            presence to corroborate each other; everything else counts alone. Watched is each resident with something \
            under `care`, or `lives_alone`; one alert a home; `inactive_after` replaces the last stage; from \
            `away_from` \
            to `away_until` (both inclusive, without an end 14 days) nothing is raised if all of the home are away. \
            Old \
            evidence that comes late moves `last_evidence`, and neither resolves nor raises.
            """)

    private static let entrance = LocalizedText(
        zh: """
            **入户门**（devices.csv 的类型 `entrance`，入户门）。门也会为邻居打开：家中别的设备 48 小时内有过动静时，单独一次开关门既不续时也不解除，只在 `detail.door` 中显示；\
            其前 10 分钟内有室内活动，按开门时间算；其后 10 分钟内有，按活动时间算，一次即可。别的设备 48 小时都没有动静，或家中只有这个门磁，开关门单独算。其他门磁（冰箱、柜门）不受影响。\
            独居、开门前 10 分钟内有活动、此后什么也没有：研判仍是 `not_moving`，`detail.exit` 为 `by_door`，文字写“可能外出”（回家后倒在门厅，痕迹几乎一样），级别和派送不变。
            """,
        en: """
            **The entrance door** (kind `entrance` in devices.csv). A front door opens for a neighbour as well. Where \
            another device of the home moved within 48 h, a change of the door alone neither renews nor resolves, \
            and is \
            shown as `detail.door`; with movement inside within 10 min before it, it counts at its own time, and with \
            movement within 10 min after it, at the time of that, of which one is enough. Where nothing else moved for \
            48 h, or the door is all that the home has, it counts alone. Other contacts (fridge, cupboard) count as \
            ever. \
            Who lives alone, moved within 10 min before the door, and nothing since: the verdict stays `not_moving`, \
            `detail.exit` is `by_door` and the text says that they perhaps went out (who comes home and falls in the \
            hall \
            leaves nearly the same trace); severity and routes do not depend on it.
            """)

    private static let silence = LocalizedText(
        zh: """
            **设备的静默。** 心跳由登记表给出（从第一次定时上报起有效），或从没有人造成的上报学得：电量、温度、待机用电等，且本设备前后 90 秒内没有自己的事件（动、开关门、用电的开和关、呼救）；\
            3 天内不足 4 次的不算有心跳。每天最长的间隔中第二长的为心跳；第一天为最长间隔的 4 倍，至少 1 小时。\
            超过 2.5 个心跳没有消息为失联；只有动静的设备永远不算失联；3 天只有动静、不再上报的，忘掉学得的心跳。\
            网关的脉搏由其下至少 3 个设备（3 天内）的这种上报合在一起学得：算的是“除最后说话的设备外谁也没有上报”的时间，所以最爱说话的一台拔掉不会算作网关失联；第一天至少 12 小时，至少 4 分钟。\
            2.5 个脉搏内没有任何消息，网关失联，从最后一条消息算起。本机停机、断线的时间整段除去；之后设备和网关至少再有一个完整心跳的时间。\
            每条消息只为其后一个心跳作保；没有心跳的设备，两条消息相隔不超过 12 小时则其间有保。\
            没有人作保的时间既不算感知覆盖，也不算失联。传感器都不定时上报的户，每天告诉物业一次（`box_fault`，`unsupervised`）。两人同住，一人倒下而另一人活动，传感器看不出来。
            """,
        en: """
            **Silence of devices.** A heartbeat is the registry's (from the device's first report on), or learned \
            from reports that nobody causes: battery, temperature, standby power, with no event of the device's own \
            (movement, a door, power on or off, a call) within 90 s before or after. Fewer than 4 of these within 3 \
            days are no heartbeat. It is the second longest of the daily longest gaps of six days; on the first day \
            four times the longest, at least 1 h. Silent is 2.5 heartbeats without a word; a device that tells \
            movement alone is never silent, and what was learned of one that for 3 days does nothing else is \
            forgotten. A hub's pulse is learned likewise from all such reports of at least three of its devices \
            within 3 days, pooled: its gaps are the times in which no device but the one that spoke last reported, so \
            that the most talkative one may be unplugged; on the first day at least 12 h, and never under 4 min. 2.5 \
            pulses without any word are a silent hub, dead since its last word. Time in which the box heard nothing \
            is left out; behind it each device and hub has at least one whole heartbeat. Each word vouches for one \
            heartbeat behind it; of a device without one, two words at most 12 h apart vouch for what lies between. \
            What nobody vouches for is neither watched nor dead. Homes of which no sensor reports by itself are told \
            to the property daily (`box_fault` of the part `unsupervised`). Two people in one home, one fallen and \
            one moving, cannot be seen.
            """)

    private static let verdicts = LocalizedText(
        zh: """
            **研判**（`no_movement` 的 `verdict`）。到时一定报，研判说明该怎么看；从上到下，第一个成立的：

            | 研判 | 含义 | 先做什么 |
            |---|---|---|
            | `uncovered` | 家中没有设备，也没有凭证：登记的问题 | 物业补登记；每天一份清单 |
            | `box_blind` | 静默的一半以上时间本系统停机或断线 | 先打电话，不通上门 |
            | `went_out` | 最后一次是从大门外出 | 先联系本人或家属 |
            | `sensor_dead` | 已知失联的时间比有感知覆盖的时间长 | 上门看人，并查设备 |
            | `not_seen` | 家中无设备，公共区域也没见到 | 先打电话，不通上门 |
            | `not_moving` | 没有动静；`detail.unsupervised` 表示设备是否正常没有人知道 | 立即上门 |

            `detail` 中 `blind`、`watched`、`dead` 是静默中停机、有感知覆盖、已知失联的比例（0–1），余下的是没有人知道的。
            """,
        en: """
            **Verdicts** (`verdict` of `no_movement`). It fires in time, always; the verdict says how to read it. The \
            first that holds:

            | verdict | meaning | first |
            |---|---|---|
            | `uncovered` | neither a device in the home nor a credential: a fault of the registry | the property \
            completes it; one list a day |
            | `box_blind` | the box was down, or without its broker, for over half of the silence | call, then go |
            | `went_out` | a pass out at an outer gate is the last of all | ask the person or the family |
            | `sensor_dead` | more of the silence is known to be dead than was watched | go, and look at the device |
            | `not_seen` | nothing covers the home, and nobody was seen outside | call, then go |
            | `not_moving` | nothing moved; with `detail.unsupervised` nobody knows whether the sensors work | go at \
            once |

            In `detail` are the shares (0…1) of the silence: `blind`, the box heard nothing; `watched`, a sensor's \
            word \
            vouched for it; `dead`, all sensors are known to be dead. What is missing to 1 nobody knows.
            """)

    private static let visits = LocalizedText(
        zh: "**上门也是迹象。** 网格员反馈 `well`、`unwell`、`rescued`，按上门时间重新计时；`away` 记为外出。除 `deceased` 外，直接结案（`close`）即重新计时，复核不算。",
        en:
            "**A visit is evidence.** A worker's finding `well`, `unwell` or `rescued` starts the clock again at the "
            + "time of the visit; `away` sets the absence. A `close` by anything but `deceased` starts it again; that "
            + "another checks a report does not.")

    private static let publish = LocalizedText(
        zh: """
            **联动**（`publish`，用于一次一报的规则）。它会动机器，所以：只在实时运行时发，回放和重启不再发；观测至多 `fresh` 旧（默认 10s；补发积压时看消息自带时间）；\
            每台设备每分钟至多 6 次；写了 `release` 的，在 `merge` 内不再出现时解除，最迟 `max`（默认 60s）；同一楼栋有未处理的 `smoke_fire` 或 `sos` 时不动。\
            断线时不补发。机器须能自己复位：本机可能在两次发布之间断电。
            """,
        en: """
            **Actuation** (`publish`, of rules of single events). It acts only live, never in a replay or \
            again \
            after a restart; only for an observation at most `fresh` old (default 10 s; while a backlog comes in by \
            its \
            own time); at most 6 times a minute and device. With `release` it is undone when no more is seen for \
            `merge`, and after `max` (default 60 s) at the latest; never while `smoke_fire` or `sos` is open in the \
            same \
            building. Without a connection it is not kept for later. A machine must let go by itself if it hears \
            nothing \
            more: a box can lose its power between `payload` and `release`.
            """)

    private static let pages = LocalizedText(
        zh: "全部键和取值范围：[configuration.zh-CN.md](configuration.zh-CN.md)。",
        en: "All keys with their ranges: [configuration.md](configuration.md).")
}
