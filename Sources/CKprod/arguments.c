// SPDX-License-Identifier: Apache-2.0
#include "ckprod.h"

static int count;
static char **arguments;

// glibc, musl's newer releases and Apple's loader hand these to constructors.
__attribute__((constructor)) static void keep(int argc, char **argv) {
    count = argc;
    arguments = argv;
}

int kprod_argument_count(void) { return count; }

int kprod_argument_byte(int argument, int offset) {
    if (argument < 0 || argument >= count || offset < 0) return -1;
    unsigned char byte = (unsigned char)arguments[argument][offset];
    return byte == 0 ? -1 : byte;
}
