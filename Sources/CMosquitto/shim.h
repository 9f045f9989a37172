#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <sys/eventfd.h>

// Swift's Glibc module leaves eventfd(2) out.
static inline int shouwang_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
