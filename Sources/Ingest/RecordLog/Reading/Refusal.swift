/// Why one record, or one line of a log, was not taken: counted by `code`, told with `detail`.
package struct Refusal: Equatable, Sendable {
    /// The code of a whole file that is no log (``ForeignForm``).
    package static let notALog = "not-a-log"

    /// Line of the chunk (from 1) in which it was read, until the reader of the whole log makes it the log's line.
    package var line: Int
    /// A stable name as `bad-json`, for counting.
    package var code: String
    package var detail: String
    /// The topic, where it could be read.
    package var topic: String

    package init(line: Int, code: String, detail: String, topic: String = "") {
        self.line = line
        self.code = code
        self.detail = detail
        self.topic = topic
    }
}
