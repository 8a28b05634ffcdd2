/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <poll.h>
#include <stdint.h>

/* poll with a limit in nanoseconds, negative for none: Swift does not see ppoll, and whole milliseconds are too coarse
   for a delay of a few. */
int poll_for(struct pollfd *descriptors, unsigned count, int64_t nanoseconds);
