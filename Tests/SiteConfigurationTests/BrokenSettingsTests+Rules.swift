extension BrokenSettingsTests {
    static let rules: [BrokenSettings] = [
        .init(
            "an unknown kind of rule", "kind: no_movement}\n", "kind: ▶no_movment}\n", "rule.unknown-kind",
            "no_movement"),
        .init(
            "a rule that is not built", "kind: thrown_object", "kind: ▶unusual_inactivity", "rule.not-built",
            "ebike_in_building"),
        .init("a misspelt kind", "{kind: thrown_object}", "{▶knd: thrown_object}", "config.unknown-key", "kind"),
        .init("a rule without kind", "{kind: thrown_object}", "▶{severity: low}", "config.missing-key", "watches"),
        .init(
            "a severity that is none", "no_movement}\n", "no_movement, severity: ▶urgent}\n", "config.bad-value",
            "critical"),
        .init(
            "a confidence above 1", "thrown_object", "thrown_object, confidence: ▶1.5", "config.out-of-range",
            "0 to 1"),
        .init(
            "a parameter of another kind", "no_movement}\n", "no_movement, ▶confidence: 0.5}\n",
            "rule.unused-parameter", "stages"),
        .init("stages for a throw", "thrown_object", "thrown_object, ▶after: 3h", "rule.unused-parameter", "merge"),
        .init(
            "stages that do not ascend", "no_movement}\n", "no_movement, stages: [{after: 72h}, {after: ▶24h}]}\n",
            "rule.stages-order", "ascend"),
        .init(
            "equal stages", "no_movement}\n", "no_movement, stages: [{after: 24h}, {after: ▶1d}]}\n",
            "rule.stages-order"),
        .init("no stage", "no_movement}\n", "no_movement, stages: ▶[]}\n", "rule.no-stages"),
        .init(
            "both forms of stages", "no_movement}\n", "no_movement, after: ▶72h, stages: [{after: 1h}]}\n",
            "rule.after-and-stages"),
        .init(
            "an unknown observation", "no_movement}\n", "no_movement, evidence: {kinds: [▶presense]}}\n",
            "rule.unknown-observation", "presence"),
        .init("no evidence", "no_movement}\n", "no_movement, evidence: {kinds: ▶[]}}\n", "rule.no-evidence"),
        .init("a count of nothing", "thrown_object", "thrown_object, confirm: {count: ▶0}", "config.out-of-range"),
        .init(
            "a wildcard in a published topic", "thrown_object", "thrown_object, publish: {topic: ▶a/+, payload: x}",
            "config.bad-topic"),
        .init(
            "an unknown name in a topic", "thrown_object",
            "thrown_object, publish: {topic: ▶\"a/{divice}\", payload: x}", "config.bad-topic", "device"),
        .init(
            "the daemon's own topic", "thrown_object", "thrown_object, publish: {topic: ▶$shouwang/act, payload: x}",
            "feed.reserved-topic"),
        .init(
            "a title in another language", "thrown_object", "thrown_object, title: {zh-Hans: 抛物, ▶eng: x}",
            "config.unknown-key", "en"),
        .init("a name of a rule with a blank", "  throw:", "  ▶my rule:", "config.bad-name"),
        .init(
            "was of a rule that still exists", "  throw: {kind: thrown_object",
            "  ▶throw: {kind: thrown_object, was: quiet", "rule.was-taken"),
    ]

    static let delivery: [BrokenSettings] = [
        .init("an unknown kind of channel", "kind: webhook", "kind: ▶webhok", "channel.unknown-kind", "webhook"),
        .init(
            "a channel that is not built", "{kind: webhook", "{token: x, kind: ▶dingtalk", "channel.not-built",
            "webhook"),
        .init("a secret as a literal", "{kind: webhook", "{secret: ▶s3cr3t, kind: webhook", "config.literal-secret"),
        .init(
            "a parameter of another channel", "{kind: webhook", "{▶retain: true, kind: webhook",
            "channel.unused-parameter", "url"),
        .init("a URL without host", "https://example.org/a", "https:///a", "config.bad-address").marked(
            before: "\"https"),
        .init("a channel with a role's name", "  hook:", "  hook: {kind: mqtt}\n  ▶grid_worker:", "channel.role-name"),
        .init("an unknown target", "to: [hook]", "to: [hook, ▶gird-worker]", "route.unknown-target", "grid-worker"),
        .init("a target without id", "to: [hook]", "to: [▶\"worker:\"]", "route.unknown-target"),
        .init(
            "an unknown target of a step", "to: [hook]", "to: hook, escalate: [{after: 5m, to: [▶comunity]}]",
            "route.unknown-target", "community"),
        .init(
            "steps that do not ascend", "to: [hook]",
            "to: hook, escalate: [{after: 5m, to: guard}, {after: ▶5m, to: street}]",
            "route.escalate-order"),
        .init("nobody", "to: [hook]", "to: ▶[]", "route.nobody"),
        .init("an unknown kind in a match", "[no_movement]", "[▶no_movment]", "route.unknown-kind", "no_movement"),
        .init("an unknown verdict", "{kind: [no_movement]}", "{verdict: [▶went-out]}", "config.bad-value", "went_out"),
    ]

    static let feeds: [BrokenSettings] = [
        .init("an unknown format", "format: native", "format: ▶nativ", "feed.unknown-format", "native"),
        .init("a format that is not built", "format: native", "format: ▶frigate", "feed.not-built", "mapping"),
        .init("# in the middle", "\"community/+/+/+\"", "▶\"a/#/b\"", "config.bad-topic"),
        .init("+ in a level", "\"community/+/+/+\"", "▶\"a+\"", "config.bad-topic"),
        .init("the daemon's own records", "\"community/+/+/+\"", "▶\"$shouwang/#\"", "feed.reserved-topic"),
        .init("a shared subscription", "\"community/+/+/+\"", "▶\"$share/g/a\"", "config.bad-topic", "leave $share"),
        .init("EMQX's own form of one", "\"community/+/+/+\"", "▶\"$queue/a/#\"", "config.bad-topic"),
        .init("the broker's own topics", "\"community/+/+/+\"", "▶\"$SYS/#\"", "feed.broker-topic", "devices"),
        .init("another topic with a dollar", "\"community/+/+/+\"", "▶\"$dynsec/a\"", "feed.broker-topic", "devices"),
        .init(
            "a filter of 201 slashes", "\"community/+/+/+\"", "▶\"\(String(repeating: "a/", count: 201))b\"",
            "config.bad-topic"),
        .init("a NUL in a filter", "\"community/+/+/+\"", "▶\"a\\0b\"", "config.bad-topic"),
        .init(
            "the same topic twice", "format: native}", "format: native}, {topic: ▶\"community/+/+/+\", format: native}",
            "feed.duplicate-topic", "delete"),
        .init(
            "the same name twice", "format: native}",
            "format: native, name: a}, {topic: b, format: native, name: ▶a}", "feed.duplicate-name"),
        .init(
            "a mapping without a file", "{topic: \"community/+/+/+\", format: native}", "▶{topic: a, format: mapping}",
            "config.missing-key"),
        .init(
            "a mapping file that is missing", "format: native", "format: mapping, mapping: ▶feeds/none.yaml",
            "config.no-file", "relative"),
        .init(
            "a mapping of another format", "format: native", "format: native, mapping: ▶x.yaml", "feed.mapping-unused"),
        .init("no feed", "[{topic: \"community/+/+/+\", format: native}]", "▶[]", "feed.none"),
    ]
}
