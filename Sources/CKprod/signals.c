// SPDX-License-Identifier: Apache-2.0
#include "ckprod.h"

#include <signal.h>
#include <stddef.h>

bool kprod_is_ignored(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}
