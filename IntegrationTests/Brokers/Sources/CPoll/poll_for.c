/* SPDX-License-Identifier: Apache-2.0 */
#include "poll_for.h"

#include <stddef.h>
#include <time.h>

int poll_for(struct pollfd *descriptors, unsigned count, int64_t nanoseconds) {
#ifdef __linux__
    struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(descriptors, count, nanoseconds < 0 ? NULL : &limit, NULL);
#else
    return poll(descriptors, count, nanoseconds < 0 ? -1 : (int)((nanoseconds + 999999) / 1000000));
#endif
}
