// SPDX-License-Identifier: Apache-2.0

#include "request_service.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif

static int unix_socket(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address->sun_path, path);
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
}

static int fail(int descriptor) {
    int reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
}

int unix_connect(const char *path) {
    struct sockaddr_un address;
    int descriptor = unix_socket(path, &address);
    if (descriptor < 0) return -1;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) return fail(descriptor);
    return descriptor;
}

int unix_listen(const char *path) {
    struct sockaddr_un address;
    int other = unix_connect(path);
    if (other >= 0) {
        close(other);
        errno = EADDRINUSE;
        return -1;
    }
    // Nobody answers there: a socket that was left behind is removed. Any other file stays: it refuses connections, too.
    struct stat status;
    if (errno == ECONNREFUSED && lstat(path, &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path);
    int descriptor = unix_socket(path, &address);
    if (descriptor < 0) return -1;
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) return fail(descriptor);
    if (listen(descriptor, 128) < 0) return fail(descriptor);
    return descriptor;
}

long socket_read_now(int descriptor, void *bytes, size_t size) {
    return recv(descriptor, bytes, size, MSG_DONTWAIT);
}

int socket_write(int descriptor, const void *bytes, size_t size, int seconds) {
    struct timeval limit = {.tv_sec = seconds};
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    for (const char *next = bytes; size > 0;) {
        ssize_t count = send(descriptor, next, size, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        next += count;
        size -= (size_t)count;
    }
    return 0;
}

void socket_stop_reading(int descriptor) { shutdown(descriptor, SHUT_RD); }

size_t heap_in_use(void) {
#if defined(__APPLE__)
    return mstats().bytes_used;
#elif defined(__GLIBC__)
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}
