#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <sys/eventfd.h>

// Swift's Glibc module leaves eventfd(2) out.
static inline int shouwang_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

#include <sys/timex.h>

/// Whether the kernel knows of nothing that sets its clock; also where it may not be asked. Swift's Glibc module leaves
/// sys/timex.h out.
static inline int shouwang_clock_is_unsynchronised(void) {
    struct timex state = {0};
    int answer = adjtimex(&state);
    return answer < 0 || answer == TIME_ERROR;
}
