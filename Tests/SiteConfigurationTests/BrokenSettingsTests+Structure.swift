extension BrokenSettingsTests {
    static let structure: [BrokenSettings] = [
        .init("unknown section", "registry:", "▶regsitry:", "config.unknown-key", "registry"),
        .init("unknown key in site", "name: 红谷春天", "▶nmae: 红谷春天", "config.unknown-key", "name"),
        .init("unknown key in mqtt", "{broker:", "{▶user_name: x, broker:", "config.unknown-key", "username"),
        .init("unknown key in a feed", "format: native", "format: native, ▶plase: x", "config.unknown-key", "place"),
        .init(
            "unknown key in the journal", "{path: state}", "{path: state, journal: {▶snyc: off}}",
            "config.unknown-key", "sync"),
        .init(
            "unknown key in a rule", "no_movement}\n", "no_movement, ▶sevrity: low}\n", "config.unknown-key", "severity"
        ),
        .init(
            "unknown key in a stage", "no_movement}\n", "no_movement, stages: [{after: 1h, ▶sevrity: low}]}\n",
            "config.unknown-key", "severity"),
        .init("unknown key in a route", "to: [hook]", "to: [hook], ▶contineu: true", "config.unknown-key", "continue"),
        .init("unknown key in a match", "{kind: [no_m", "{▶kinds: [sos], kind: [no_m", "config.unknown-key", "kind"),
        .init(
            "unknown key in a channel", "{kind: webhook", "{▶timout: 5s, kind: webhook", "config.unknown-key", "timeout"
        ),
        .init("unknown key like no other", "{id: hgs", "{▶xyzzy: 1, id: hgs", "config.unknown-key", "its keys are"),
        .init("a merge key", "{id: hgs", "{▶<<: {name: x}, id: hgs", "config.unknown-key"),
        .init("a key written twice", "path: state}", "path: state, ▶path: other}", "config.duplicate-key"),
        .init("a rule written twice", "  throw:", "  ▶quiet: {kind: no_movement}\n  throw:", "config.duplicate-key"),
        .init("a section written twice", "rules:", "▶registry: other\nrules:", "config.duplicate-key"),
        .init("two spellings of one key", "path: state}", "path: state, ▶\"path\": other}", "config.duplicate-key"),
        .init("a missing section", "store: {path: state}\n", "", "config.missing-key", "state").markedAtStart,
        .init("a missing key", "{id: hgs, ", "▶{", "config.missing-key", "alert ids"),
        .init("a missing url", ", url: \"https://example.org/a\"}", "}", "config.missing-key").marked(
            before: "{kind: webhook"),
        .init("a missing topic", "[{topic: \"community/+/+/+\", ", "[▶{", "config.missing-key", "topic filter"),
        .init("a missing target", ", to: [hook]}", "}", "config.missing-key").marked(before: "{match"),
        .init("a list for a map", "{path: state}", "▶[state]", "config.wrong-type", "{key: value}"),
        .init("a word for a map", "{path: state}", "▶state", "config.wrong-type", "{key: value}"),
        .init("a map for a word", "registry/", "▶{path: registry/}", "config.wrong-type", "key: value"),
        .init("a list for a word", "id: hgs", "id: ▶[hgs]", "config.wrong-type", "key: value"),
        .init(
            "a map for a list", "[{topic: \"community/+/+/+\", format: native}]", "▶{a: b}", "config.wrong-type",
            "[a, b]"),
        .init("a key without a value", "registry: registry/", "▶registry:", "config.empty-value", "delete the line"),
        .init("an empty text", "registry/", "▶\"\"", "config.empty-value"),
    ]

    static let values: [BrokenSettings] = [
        .init("a time in words", "no_movement}\n", "no_movement, after: ▶3 days}\n", "config.bad-duration", "write 3d"),
        .init("a Chinese time", "no_movement}\n", "no_movement, after: ▶72小时}\n", "config.bad-duration", "write 72h"),
        .init("a time with a point", "no_movement}\n", "no_movement, after: ▶1.5h}\n", "config.bad-duration", "90m"),
        .init("a time without unit", "no_movement}\n", "no_movement, after: ▶72}\n", "config.bad-duration", "72h"),
        .init("a time out of range", "no_movement}\n", "no_movement, after: ▶10ms}\n", "config.out-of-range", "1s"),
        .init(
            "a size in words", "{path: state}", "{path: state, journal: {max: ▶4 gigabytes}}", "config.bad-size",
            "4GB"),
        .init(
            "a size too small", "{path: state}", "{path: state, journal: {max: ▶1KB}}", "config.out-of-range", "4MB"),
        .init(
            "a segment larger than a quarter", "{path: state}", "{path: state, journal: {max: 100MB, segment: ▶64MB}}",
            "store.segment-too-large"),
        .init(
            "a way to sync that is none", "{path: state}", "{path: state, journal: {sync: ▶always}}",
            "config.bad-value", "batch"),
        .init("an ambiguous zone", "name: 红谷春天", "timezone: ▶CST", "config.bad-zone", "Asia/Shanghai"),
        .init("a city that is no zone", "name: 红谷春天", "timezone: ▶Beijing", "config.bad-zone", "Asia/Shanghai"),
        .init("a misspelt zone", "name: 红谷春天", "timezone: ▶Asia/Shanghia", "config.bad-zone", "Asia/Shanghai"),
        .init("a language that is none", "name: 红谷春天", "language: ▶zh-CN", "config.bad-language", "zh-Hans"),
        .init("a name with a slash", "id: hgs", "id: ▶hgs/1", "config.bad-name", "letters"),
        .init("a broker without scheme", "mqtt://127.0.0.1", "127.0.0.1", "config.bad-address", "mqtt://").marked(
            before: "\"127"),
        .init("a broker of another kind", "mqtt://127.0.0.1", "http://127.0.0.1", "config.bad-address", "mqtts://")
            .marked(before: "\"http:"),
        .init("a port out of range", "mqtt://127.0.0.1", "mqtt://127.0.0.1:70000", "config.bad-port", "65535")
            .marked(before: "\"mqtt:"),
        .init("a port that is no number", "mqtt://127.0.0.1", "mqtt://127.0.0.1:1883x", "config.bad-port", "65535")
            .marked(before: "\"mqtt:"),
        .init("QoS 2", "\"mqtt://127.0.0.1\"", "\"mqtt://127.0.0.1\", qos: ▶2", "mqtt.qos-2", "qos: 1"),
        .init("QoS in words", "\"mqtt://127.0.0.1\"", "\"mqtt://127.0.0.1\", qos: ▶one", "config.bad-number"),
        .init(
            "a protocol that is none", "\"mqtt://127.0.0.1\"", "\"mqtt://127.0.0.1\", version: ▶3", "config.bad-value"),
        .init(
            "a password as a literal", "{broker:", "{username: box, password: ▶hunter2, broker:",
            "config.literal-secret", "file"),
        .init(
            "a password in a map of its own", "{broker:", "{username: box, password: ▶{value: hunter2}, broker:",
            "config.literal-secret", "file"),
        .init("a password in the address", "mqtt://127.0.0.1", "mqtt://box:hunter2@127.0.0.1", "config.literal-secret")
            .marked(before: "\"mqtt:"),
        .init(
            "a password alone", "{broker:", "{password: ▶{env: PASSWORD}, broker:", "mqtt.password-without-username"),
        .init(
            "TLS files without TLS", "{broker:", "{tls: ▶{ca: ca.pem}, broker:", "mqtt.tls-without-mqtts", "mqtts://"),
        .init(
            "half a certificate", "mqtt: {broker: \"mqtt://", "mqtt: {tls: {cert: ▶a.pem}, broker: \"mqtts://",
            "mqtt.half-certificate"),
        .init(
            "a listening place without port", "rules:", "console: {listen: ▶127.0.0.1}\nrules:", "config.bad-address",
            "8420"),
        .init(
            "a boolean that is none", "to: [hook]", "continue: ▶maybe, to: [hook]", "config.bad-value",
            "true or false"),
        .init("a bound below its range", "rules:", "limits: {outbox: ▶-1}\nrules:", "config.out-of-range", "100"),
    ]
}
