import Timekeeping

extension RegistryLoader {
    /// Behind the workers, whom its rows name. A row that cannot be read costs itself: the shift stays as it was.
    mutating func loadShifts(_ sheet: Sheet?) {
        guard let sheet else { return }
        for row in rows(of: sheet) {
            guard let change = shiftChange(row) else { continue }
            registry.shiftChanges.append(change)
        }
    }

    private mutating func shiftChange(_ row: SheetRow) -> ShiftChange? {
        let day = CellReading.day(row[.date])
        if day == nil { tell(.badDate(row.text(.date)), row, .date) }
        let worker = shiftWorker(row, .worker)
        let isOn = RegistryLoader.duty(row.text(.duty))
        if isOn == nil { tell(.badDuty(row.text(.duty)), row, .duty) }
        let standsFor = row.raw(.standsFor).isEmpty ? nil : shiftWorker(row, .standsFor)
        guard let day, let worker, let isOn, row.raw(.standsFor).isEmpty || standsFor != nil else { return nil }
        return ShiftChange(day: day, worker: worker, isOn: isOn, standsFor: isOn ? standsFor : nil)
    }

    private mutating func shiftWorker(_ row: SheetRow, _ field: SheetField) -> WorkerID? {
        let written = row.text(field)
        if let worker = registry.worker(written) { return worker }
        let known = registry.workers.map(\.id)
        tell(.unknownShiftWorker(written, nearest: nearest(to: written, among: known)), row, field)
        return nil
    }

    private static func duty(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "on", "上班", "值班", "在岗", "顶班", "班", "是", "yes", "1": true
        case "off", "休", "休假", "请假", "休息", "下班", "离岗", "否", "no", "0": false
        default: nil
        }
    }
}
