/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>

#include "measure.h"

struct start {
    void (*body)(void *argument);
    void *argument;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.argument);
    return NULL;
}

bool bench_start_thread(void (*body)(void *argument), void *argument) {
    struct start *start = malloc(sizeof *start);
    *start = (struct start){body, argument};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, start) != 0) {
        free(start);
        return false;
    }
    pthread_detach(thread);
    return true;
}
