// SPDX-License-Identifier: Apache-2.0
#include "ckprod.h"

#include <poll.h>
#include <unistd.h>

#ifdef __linux__
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>

const char *kprod_path(void);

static _Thread_local _Alignas(struct inotify_event) char buffer[64 << 10];
static _Thread_local ssize_t size, at;
static _Thread_local char name[NAME_MAX + 1];

int kprod_watch_open(void) { return inotify_init1(IN_NONBLOCK | IN_CLOEXEC); }

int kprod_watch_add(int descriptor) {
    const char *path = kprod_path();
    if (!path) return -1;
    return inotify_add_watch(descriptor, path, IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF | IN_ONLYDIR);
}

void kprod_watch_remove(int descriptor, int watch) { inotify_rm_watch(descriptor, watch); }

struct kprod_watch_event kprod_watch_next(int descriptor) {
    struct kprod_watch_event event = {.kind = KPROD_WATCH_NOTHING};
    if (at >= size) {
        at = 0;
        size = read(descriptor, buffer, sizeof buffer);
        if (size <= 0) return event;
    }
    const struct inotify_event *found = (const struct inotify_event *)(buffer + at);
    at += (ssize_t)(sizeof *found + found->len);
    event.watch = found->wd;
    event.cookie = found->cookie;
    name[0] = 0;
    if (found->len > 0) strncpy(name, found->name, sizeof name - 1);
    event.name_length = (int)strlen(name);
    if (found->mask & (IN_CREATE | IN_MOVED_TO)) event.kind = KPROD_WATCH_APPEARED;
    else if (found->mask & IN_MOVED_FROM) event.kind = KPROD_WATCH_MOVED;
    else if (found->mask & IN_Q_OVERFLOW) event.kind = KPROD_WATCH_OVERFLOWN;
    else if (found->mask & (IN_IGNORED | IN_MOVE_SELF)) event.kind = KPROD_WATCH_LEFT;
    else event.kind = KPROD_WATCH_OTHER;
    return event;
}

int kprod_watch_name_byte(int offset) { return offset < 0 || offset > NAME_MAX ? 0 : (unsigned char)name[offset]; }
#else
int kprod_watch_open(void) { return -1; }
int kprod_watch_add(int descriptor) { return -1; }
void kprod_watch_remove(int descriptor, int watch) {}
struct kprod_watch_event kprod_watch_next(int descriptor) {
    return (struct kprod_watch_event){.kind = KPROD_WATCH_NOTHING};
}
int kprod_watch_name_byte(int offset) { return 0; }
#endif

void kprod_watch_wait(int descriptor, int milliseconds) {
    // poll() passes over a negative descriptor, and only waits.
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    poll(&wanted, 1, milliseconds);
}
