/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer as a function: the package manager gives the program a main of its own. */
#ifndef FUZZER_H
#define FUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test_one_input)(const uint8_t *data, size_t size));

#endif
