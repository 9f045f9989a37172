import CMosquitto
import Glibc

/// libmosquitto's handle, as it is passed between two threads.
///
/// This is the one place of the target that promises `Sendable` by itself. It is sound because a handle has one owner
/// at a time: ``Dial`` makes it, its thread alone touches it until the connection stands, and hands it over under a
/// lock; from then on the ``Client`` that adopted it belongs to one loop and its thread. No copy is used after the
/// hand-over.
@safe struct ClientPointer: @unchecked Sendable {
    let raw: OpaquePointer

    /// Frees the handle and closes its socket. What was queued, PUBACKs included, is freed and not written.
    func destroy() {
        // Sound: the owner calls this once, outside of any callback, and does not use the handle again.
        unsafe mosquitto_destroy(raw)
    }
}
