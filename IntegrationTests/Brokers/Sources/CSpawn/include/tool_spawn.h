/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <sys/types.h>

/* Starts a program with these three descriptors as its standard ones and no others, with no signal ignored or
   blocked. Returns 0 or the error number.

   Not Foundation's Process: up to Swift 6.3 its search for open descriptors reads beyond a buffer, and crashes when
   many are open (swift-corelibs-foundation #5472). */
int tool_spawn(const char *path, char *const arguments[], char *const environment[], int input, int output, int errors,
               pid_t *process);

/* Waits for its end: the exit status, or the negative number of the signal that ended it. Blocks. */
int tool_wait(pid_t process);
