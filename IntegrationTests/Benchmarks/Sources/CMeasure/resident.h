/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RESIDENT_H
#define RESIDENT_H

#include <stdint.h>

/* The most memory this process ever had resident, in bytes. */
int64_t peak_resident_bytes(void);

#endif
