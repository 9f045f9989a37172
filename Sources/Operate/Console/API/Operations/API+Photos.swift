import Cases
import HTTPTypes
import Hummingbird
import JSONWriting
import Ledger

extension API {
    static let photoOperations: [Operation] = [
        Operation(
            id: "addPhoto", method: .post, path: "/alerts/{id}/photos",
            summary: "Adds a photograph to a case: JPEG, PNG or WebP up to 8 MB, six a case. What it says of place and "
                + "time of its making is taken out.",
            roles: [.worker, .manager, .admin], parameters: [alertField], body: .photo, result: .json("Photo"),
            mayConflict: true
        ) { call throws(Problem) in try await call.api.addPhoto(call) },
        Operation(
            id: "showPhoto", method: .get, path: "/photos/{hash}",
            summary: "A photograph, for whoever may see a case that it belongs to.", roles: readers,
            parameters: [Field("hash", .hash, "the photograph's hash", ExampleSite.photo).needed], result: .photo
        ) { call throws(Problem) in try await call.api.showPhoto(call) },
    ]

    private func addPhoto(_ call: Call) async throws(Problem) -> Response {
        let found = try await alert(call.needed("id"), for: call.caller.asker)
        guard Rights.may(.note, call.caller.asker, found.facts) else {
            throw .forbidden("photographs of this alert are for others to add")
        }
        guard let kind = PhotoKind(call.bytes) else {
            let detail =
                PhotoKind.isHEIC(call.bytes)
                ? "this is HEIC, which most browsers do not show: set the phone to take JPEG (most compatible)"
                : "JPEG, PNG or WebP is needed"
            throw Problem(415, "bad_type", "of another type", detail)
        }
        guard let bytes = PhotoBytes.stripped(call.bytes, kind) else {
            throw .badBody("the picture is not whole: send it again")
        }
        let row = PhotoRow(
            alert: found.row.id, hash: PhotoStore.hash(bytes), type: kind.rawValue, size: bytes.count,
            at: parts.now(), person: call.caller.person)
        let store = PhotoStore(folder: parts.photos)
        // The file is there before the row that names it.
        let problem = try await read { (_) throws(LedgerError) in store.keep(bytes, row.hash) }
        if let problem { throw .unavailable("the photograph cannot be stored: \(problem)") }
        guard try await read({ (ledger) throws(LedgerError) in try ledger.addPhoto(row) }) else {
            throw Problem(
                409, "too_many_photos", "not legal now", "a case has at most \(Ledger.photosMax) photographs")
        }
        return API.json { self.write(row, to: &$0) }
    }

    private func showPhoto(_ call: Call) async throws(Problem) -> Response {
        let hash = call.needed("hash")
        let store = PhotoStore(folder: parts.photos)
        let asker = call.caller.asker
        let found = try await read { (ledger) throws(LedgerError) -> (PhotoRow, [UInt8])? in
            let rows = try ledger.photos(hash: hash)
            for row in rows {
                guard let alert = try ledger.alert(id: row.alert) else { continue }
                let facts = AlertJSON(alert).facts
                if Rights.sees(asker, facts), let bytes = store.bytes(hash) { return (row, bytes) }
            }
            return nil
        }
        guard let (row, bytes) = found else { throw .notFound("photograph") }
        return Response(
            status: .ok,
            headers: [
                .contentType: row.type, .contentSecurityPolicy: "sandbox; default-src 'none'",
                .cacheControl: "private, max-age=86400, immutable", .contentDisposition: "inline",
            ], body: .init(byteBuffer: .init(bytes: bytes)))
    }

    func write(_ row: PhotoRow, to object: inout JSONWriter) {
        object.text("hash", row.hash)
        object.text("type", row.type)
        object.number("size", row.size)
        object.text("at", time(row.at))
        object.text("person", row.person)
    }
}
