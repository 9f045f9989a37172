/// Who takes the messages of an ``IntakeSession``. Everything is called on the thread that runs the session, one call
/// at a time, so the handler needs no lock for what it does with them.
package protocol IntakeHandler: AnyObject {
    /// One message, in the broker's order. The bytes are lent for the call. Messages of any size are handed over;
    /// limits are the handler's. `mid` is the broker's packet number: reused, the same again at a redelivery, 0 at QoS
    /// 0.
    /// - Returns: true where the message must not wait for the rest of its batch: ``commit()`` follows at once.
    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16
    ) -> Bool

    /// Makes durable whatever ``received(topic:payload:qos:retain:mid:)`` and ``deadlinePassed()`` have taken. The
    /// acknowledgements leave after it returned true, and never if it returned false: then the connection is dropped,
    /// and the broker hands the messages over again. With nothing taken it must be cheap and true. Only what must
    /// happen before the acknowledgements belongs here.
    func commit() -> Bool

    /// What ``commit()`` made durable is acknowledged, or its connection is gone: now is the time for work that may
    /// take long. Once after each ``commit()`` that returned true, with no other call between the two.
    func acknowledged()

    /// The broker has let the client in. Without `sessionPresent` it has nothing kept from before.
    func connected(sessionPresent: Bool)

    /// A connection ended, or an attempt failed (then without ``connected(sessionPresent:)`` before). What was received
    /// is committed before, but not acknowledged; ``commit()`` follows, at the end of the session too. The reason is
    /// English, for a log; people read ``IntakeSession/problem``.
    func disconnected(reason: String)

    /// How long the session may wait for messages, in milliseconds; 0 or less: not at all. A deadline is served no
    /// sooner than ``Batch/Limits/delay`` after the one before, since each may cost a sync.
    func millisecondsUntilDeadline() -> Int

    /// That time has passed, or nothing came, or ``IntakeSession/wake()`` was called. It may come too early.
    /// ``commit()`` follows.
    func deadlinePassed()

    /// Everything that came was read and acknowledged, and nothing more has come from that time of
    /// ``SystemClock/boot`` on, for a second: the broker has handed over what it kept. Once a connection, at the first
    /// such silence; before ``deadlinePassed()``, perhaps as late as that.
    func drained(since: Int64)

    /// Whether messages can be taken now. While false nothing is dialled, and nothing is read from a connection that
    /// stands (after the keepalive it ends, and the broker keeps the rest). Asked once a batch.
    func canStore() -> Bool

    /// The broker has granted every filter. Who remembers which filters these were can tell at the next start whether
    /// ``IntakeSession/Options/subscribeAlways`` is needed.
    func subscribed()

    /// The broker, or the library, refused one filter: what it stands for will not arrive. Tried again after a
    /// minute, and at the next connection.
    func subscriptionRefused(filter: String)

    /// The broker has granted one filter.
    func subscriptionGranted(filter: String)

    /// The connection that just ended was lost as one is lost to another client of the same id: soon after it stood,
    /// and not for the first time. Before ``disconnected(reason:)``.
    func clientIDContested()
}

extension IntakeHandler {
    package func acknowledged() {}
    package func subscribed() {}
    package func subscriptionRefused(filter: String) {}
    package func subscriptionGranted(filter: String) {}
    package func clientIDContested() {}
    package func drained(since: Int64) {}
}
