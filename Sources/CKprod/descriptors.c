// SPDX-License-Identifier: Apache-2.0
#include "ckprod.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <stdio.h>
#include <unistd.h>

void kprod_fill_standard_descriptors(void) {
    // The wrong way round, so that their use fails; messages have nowhere to go.
    static const int flags[] = {O_WRONLY, O_RDONLY, O_RDWR};
    for (int descriptor = 0; descriptor < 3; descriptor++) {
        if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest number that is free is this one.
        int opened = open("/dev/null", flags[descriptor]);
        if (opened > descriptor) close(opened);
    }
}

void kprod_make_blocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || !(flags & O_NONBLOCK)) return;
    // The flag belongs to everybody who has this pipe or terminal from the same parent; a second opening has its own.
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", descriptor);
    int own = open(path, (flags & (O_ACCMODE | O_APPEND)) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own >= 0) {
        dup2(own, descriptor);
        close(own);
        flags = fcntl(descriptor, F_GETFL);
    }
    // A socket cannot be opened a second time, and on some systems that is no opening of its own.
    if (flags >= 0) fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
}

int kprod_allow_descriptors(int wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return INT_MAX;
    rlim_t previous = limit.rlim_cur;
    if (previous < (rlim_t)wanted) {
        limit.rlim_cur = limit.rlim_max < (rlim_t)wanted ? limit.rlim_max : (rlim_t)wanted;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = previous;
    }
    return limit.rlim_cur > INT_MAX ? INT_MAX : (int)limit.rlim_cur;
}
