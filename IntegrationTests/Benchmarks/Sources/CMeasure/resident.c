/* SPDX-License-Identifier: Apache-2.0 */
#include "resident.h"

#include <stdio.h>
#include <sys/resource.h>

#include "measure.h"

#if defined(__linux__)
/* A line of /proc/self/status, in bytes. */
static int64_t status_bytes(const char *format) {
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL) return -1;
    char line[256];
    long long kilobytes = -1;
    while (kilobytes < 0 && fgets(line, sizeof line, status)) {
        if (sscanf(line, format, &kilobytes) != 1) kilobytes = -1;
    }
    fclose(status);
    return kilobytes < 0 ? -1 : kilobytes * 1024;
}
#endif

int64_t bench_resident_bytes(void) {
#if defined(__linux__)
    return status_bytes("VmRSS: %lld");
#else
    return -1;
#endif
}

int64_t peak_resident_bytes(void) {
#if defined(__linux__)
    /* Not getrusage: its peak outlives exec, so that it would never be below the driver's. */
    return status_bytes("VmHWM: %lld");
#else
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
#endif
}
