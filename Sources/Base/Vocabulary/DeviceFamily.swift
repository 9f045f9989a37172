/// The third level of a native topic: what kind of source a device is.
package enum DeviceFamily: String, Sendable, CaseIterable {
    case access, camera, elder, report
}
