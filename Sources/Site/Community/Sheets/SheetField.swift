import Diagnostics

/// What a column means; the sheets share what they have in common.
enum SheetField: Int, CaseIterable {
    case id, kind, parent, name, grid, building, unit, room, note
    case place, family, heartbeat, identity, via, direction
    case dwelling, phone, care, livesAlone, inactiveAfter, awayFrom, awayUntil, credentials, born, contacts, keyHolder
    case since, role, channels, shift, consent
    case date, worker, duty, standsFor
}
