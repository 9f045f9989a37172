package import Diagnostics

/// A small tree of what a YAML file says, each node with its place. Yams's own nodes stay in this file.
///
/// Scalars are text: what type a value has is the table's business, so that `id: 3`, `name: no` and `sync: off` are the
/// text that stands there and no YAML 1.1 number or boolean.
package struct YAMLNode {
    package struct Entry {
        package var key: String
        package var keyPosition: Position
        package var value: YAMLNode

        package init(key: String, keyPosition: Position, value: YAMLNode) {
            self.key = key
            self.keyPosition = keyPosition
            self.value = value
        }
    }

    package indirect enum Content {
        case scalar(String)
        /// Nothing, `~` or `null` without quotes.
        case empty
        case list([YAMLNode])
        case map([Entry])
    }

    package var content: Content
    package var position: Position

    package init(content: Content, position: Position) {
        self.content = content
        self.position = position
    }

    package var what: LocalizedText {
        switch content {
        case .scalar: LocalizedText(zh: "单个值", en: "a single value")
        case .empty: LocalizedText(zh: "空", en: "nothing")
        case .list: LocalizedText(zh: "列表", en: "a list")
        case .map: LocalizedText(zh: "键值表", en: "a map of keys")
        }
    }
}
