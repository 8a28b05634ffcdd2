/* SPDX-License-Identifier: Apache-2.0 */
/* Linked into builds with ThreadSanitizer only. Debian's librdkafka uses the threads of C11, which ThreadSanitizer does not
 * know: it takes their stacks for nobody's and crashes. These put them on POSIX threads, which it does. The executable's
 * functions come before those of libc. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

/* glibc lays both kinds out alike, with room to spare in C11's. */
_Static_assert(sizeof(mtx_t) >= sizeof(pthread_mutex_t), "a mutex fits");
_Static_assert(sizeof(cnd_t) >= sizeof(pthread_cond_t), "a condition fits");

#define MUTEX(mutex) ((pthread_mutex_t *)(mutex))
#define CONDITION(condition) ((pthread_cond_t *)(condition))

static int result(int error) {
    switch (error) {
    case 0: return thrd_success;
    case EBUSY: return thrd_busy;
    case ETIMEDOUT: return thrd_timedout;
    case ENOMEM: return thrd_nomem;
    default: return thrd_error;
    }
}

struct start {
    thrd_start_t function;
    void *argument;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    return (void *)(intptr_t)start.function(start.argument);
}

int thrd_create(thrd_t *thread, thrd_start_t function, void *argument) {
    struct start *start = malloc(sizeof(*start));
    if (!start) return thrd_nomem;
    *start = (struct start){function, argument};
    int error = pthread_create((pthread_t *)thread, NULL, run, start);
    if (error) free(start);
    return result(error);
}

int thrd_join(thrd_t thread, int *status) {
    void *value = NULL;
    int error = pthread_join((pthread_t)thread, &value);
    if (!error && status) *status = (int)(intptr_t)value;
    return result(error);
}

int thrd_detach(thrd_t thread) { return result(pthread_detach((pthread_t)thread)); }

int mtx_init(mtx_t *mutex, int type) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    if (type & mtx_recursive) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    int error = pthread_mutex_init(MUTEX(mutex), &attributes);
    pthread_mutexattr_destroy(&attributes);
    return result(error);
}

int mtx_lock(mtx_t *mutex) { return result(pthread_mutex_lock(MUTEX(mutex))); }
int mtx_trylock(mtx_t *mutex) { return result(pthread_mutex_trylock(MUTEX(mutex))); }
int mtx_unlock(mtx_t *mutex) { return result(pthread_mutex_unlock(MUTEX(mutex))); }
void mtx_destroy(mtx_t *mutex) { pthread_mutex_destroy(MUTEX(mutex)); }

int cnd_init(cnd_t *condition) { return result(pthread_cond_init(CONDITION(condition), NULL)); }
int cnd_signal(cnd_t *condition) { return result(pthread_cond_signal(CONDITION(condition))); }
int cnd_broadcast(cnd_t *condition) { return result(pthread_cond_broadcast(CONDITION(condition))); }
int cnd_wait(cnd_t *condition, mtx_t *mutex) { return result(pthread_cond_wait(CONDITION(condition), MUTEX(mutex))); }
int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *end) {
    return result(pthread_cond_timedwait(CONDITION(condition), MUTEX(mutex), end));
}
void cnd_destroy(cnd_t *condition) { pthread_cond_destroy(CONDITION(condition)); }
