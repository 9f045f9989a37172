/// How somebody handled a case: they went, or called. A test pins the spelling.
package enum HandledBy: String, Sendable, CaseIterable {
    case visit, phone
}
