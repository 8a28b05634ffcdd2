// SPDX-License-Identifier: Apache-2.0
#include "ckprod.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

int kprod_terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int kprod_wait_for_input(int descriptor) {
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    while (poll(&wanted, 1, -1) < 0) {
        if (errno != EINTR) return 0;
    }
    return kprod_available_input(descriptor);
}

int kprod_available_input(int descriptor) {
    int available = 0;
    return ioctl(descriptor, FIONREAD, &available) == 0 ? available : 0;
}

static struct termios before;

int kprod_terminal_hide_input(int descriptor) {
    if (tcgetattr(descriptor, &before) != 0) return -1;
    struct termios hidden = before;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    hidden.c_cc[VMIN] = 1;
    hidden.c_cc[VTIME] = 0;
    return tcsetattr(descriptor, TCSAFLUSH, &hidden);
}

void kprod_terminal_show_input(int descriptor) { tcsetattr(descriptor, TCSAFLUSH, &before); }

static struct termios unedited;
static _Atomic int edited = -1;

int kprod_terminal_edit_input(int descriptor) {
    static _Atomic int is_registered;
    if (edited >= 0) return 0;
    if (tcgetattr(descriptor, &unedited) != 0) return -1;
    struct termios raw = unedited;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(descriptor, TCSADRAIN, &raw) != 0) return -1;
    if (!is_registered) atexit(kprod_terminal_stop_editing);
    is_registered = 1;
    edited = descriptor;
    return 0;
}

void kprod_terminal_stop_editing(void) {
    if (edited >= 0) tcsetattr(edited, TCSADRAIN, &unedited);
    edited = -1;
}
