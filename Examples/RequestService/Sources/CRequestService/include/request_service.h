// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <stddef.h>

/// A Unix socket that listens at `path`, or -1 with errno. A file that a dead process left there is replaced.
int unix_listen(const char *path);

/// A Unix socket connected to `path`, or -1 with errno.
int unix_connect(const char *path);

/// Reads what has come, without waiting: the number of bytes, 0 at the end, -1 with errno.
long socket_read_now(int descriptor, void *bytes, size_t size);

/// Writes all of it; waits for at most `seconds` for a peer that does not read. 0, or -1 with errno.
int socket_write(int descriptor, const void *bytes, size_t size, int seconds);

/// Nothing more can be read: who waits for something gets the end. Also wakes who waits in accept.
void socket_stop_reading(int descriptor);

/// Bytes of the heap in use, as malloc counts them; 0 where the system does not tell.
size_t heap_in_use(void);
