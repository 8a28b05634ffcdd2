/* SPDX-License-Identifier: Apache-2.0 */
/* Linked into builds with ThreadSanitizer only. Swift's Mutex is a word and a futex on Linux. Its fast path is compiled into
 * our code and seen; the slow one is in the library, where ThreadSanitizer sees nothing: to it, what a thread that had to
 * wait does then is not behind what the other did before. These stand before both functions and tell it.
 *
 * Their context, the mutex, comes in the register that Swift keeps for `self`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

/* Synchronization._MutexHandle._lockSlow(UInt32) and ._unlockSlow(). */
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void (*lock_function)(uint32_t thread, SELF void *mutex);
typedef SWIFT void (*unlock_function)(SELF void *mutex);

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);

/* Looked up each time: a static would be one more race to look for, and the slow path is slow. */
SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
    lock_function original = (lock_function)dlsym(RTLD_NEXT, LOCK_SLOW);
    original(thread, mutex);
    __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF void *mutex) {
    unlock_function original = (unlock_function)dlsym(RTLD_NEXT, UNLOCK_SLOW);
    __tsan_release(mutex);
    original(mutex);
}
