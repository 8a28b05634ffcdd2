/* SPDX-License-Identifier: Apache-2.0 */
#include "process_support.h"
#include <sys/wait.h>
#include <unistd.h>

int fork_process(void) { return fork(); }

int wait_for_process(int pid) {
    int status;
    if (waitpid(pid, &status, 0) != pid) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void exit_process(int status) { _exit(status); }
