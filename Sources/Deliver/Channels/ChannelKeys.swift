import ConfigReading

/// The keys of several kinds as one part of the settings table. Pure.
enum ChannelKeys {
    /// A key that means the same in several kinds becomes one row that names them, with a default by kind where they
    /// differ in it. The kinds' order stays, and what a kind has before such a key stands before it.
    static func merged(_ kinds: [any ChannelSettings.Type], under path: String) -> [SettingKey] {
        var rows: [SettingKey] = []
        for kind in kinds {
            // From the last to the first: each is put before the one behind it.
            var next = rows.count
            for key in kind.keys.reversed() {
                if let same = rows.firstIndex(where: { isSame($0, key) }) {
                    rows[same] = join(rows[same], key, of: kind.kind)
                    next = same
                } else {
                    var key = key
                    key.kinds = [kind.kind]
                    rows.insert(key, at: next)
                }
            }
        }
        return rows.map { row in
            var row = row
            row.path = path + "." + row.path
            return row
        }
    }

    /// Whether two kinds mean the same by a key; its default may differ.
    private static func isSame(_ row: SettingKey, _ key: SettingKey) -> Bool {
        row.path == key.path && row.form == key.form && row.isNeeded == key.isNeeded
            && row.isActedOn == key.isActedOn && row.help == key.help
    }

    private static func join(_ row: SettingKey, _ key: SettingKey, of kind: String) -> SettingKey {
        var row = row
        let kinds = row.kinds ?? []
        row.kinds = kinds + [kind]
        if row.standardByKind.isEmpty, row.standard == key.standard { return row }
        if row.standardByKind.isEmpty, let standard = row.standard {
            for former in kinds { row.standardByKind[former] = standard }
        }
        row.standard = nil
        row.standardByKind[kind] = key.standard
        return row
    }
}
