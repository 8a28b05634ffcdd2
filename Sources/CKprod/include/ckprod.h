// SPDX-License-Identifier: Apache-2.0
#ifndef KPROD_SYSTEM_H
#define KPROD_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

// Nothing here takes or returns a pointer, so that Swift can call it without `unsafe`.

// terminal.c

/// The width of the terminal at `descriptor` in columns; 0 when it is none or does not say.
int kprod_terminal_columns(int descriptor);

/// Blocks until there is something to read, and returns how many bytes; 0 at the end, or when the system does not tell.
int kprod_wait_for_input(int descriptor);

/// How many bytes can be read without waiting.
int kprod_available_input(int descriptor);

/// Reads keys one at a time and shows none of them, until kprod_terminal_show_input; one caller at a time. 0 if it can.
int kprod_terminal_hide_input(int descriptor);

/// As it was before.
void kprod_terminal_show_input(int descriptor);

/// Reads bytes as they are typed, without showing or collecting them, until kprod_terminal_stop_editing, which is also
/// called at exit(). 0 if it can. Signals from the keyboard stay signals.
int kprod_terminal_edit_input(int descriptor);

/// As it was before; does nothing if it is.
void kprod_terminal_stop_editing(void);

// arguments.c

/// How many arguments the process was started with, its own name included.
int kprod_argument_count(void);

/// A byte of an argument, or -1 behind its end.
int kprod_argument_byte(int argument, int offset);

// descriptors.c

/// Opens standard descriptors that are closed, so that no other file gets their numbers: reading or writing them fails
/// as if they were closed, except that messages to standard error vanish.
void kprod_fill_standard_descriptors(void);

/// Makes reads and writes of a standard descriptor wait, as far as possible without a change for other processes that
/// share it.
void kprod_make_blocking(int descriptor);

/// Lets this process have as many as it needs, where the system allows that; returns how many it may have.
int kprod_allow_descriptors(int wanted);

// paths.c

/// What the system knows of a file.
struct kprod_file_status {
    /// errno, or 0.
    int error;
    bool is_regular;
    bool is_directory;
    /// A pipe, a terminal or a socket: what ends only when its writers do.
    bool is_stream;
    bool is_pipe;
    uint64_t device;
    uint64_t inode;
    int64_t size;
    uint32_t mode;
};

/// Begins the path of this thread's next call of the functions below.
void kprod_path_begin(void);
void kprod_path_add(uint8_t byte);

/// For reading, or with `is_written` for writing at the end, made if need be; a descriptor, or -errno. A pipe is not
/// waited for with `is_patient` false.
int kprod_path_open(bool is_written, bool is_patient);
struct kprod_file_status kprod_path_status(void);
bool kprod_path_is_readable(void);
struct kprod_file_status kprod_descriptor_status(int descriptor);

// signals.c

/// Whether a signal is ignored now, as `nohup` and scripts ask for it.
bool kprod_is_ignored(int signal);

// watches.c

/// What happened to a name in a folder.
struct kprod_watch_event {
    enum kprod_watch_kind {
        KPROD_WATCH_NOTHING,
        /// A file came into being under the name, or was moved there; in the second case with a cookie.
        KPROD_WATCH_APPEARED,
        /// It left the name, with the cookie of where it appears again if that is in a folder that is watched.
        KPROD_WATCH_MOVED,
        /// The folder itself is gone, or has another name.
        KPROD_WATCH_LEFT,
        /// More happened than the system keeps for a reader that is late.
        KPROD_WATCH_OVERFLOWN,
        KPROD_WATCH_OTHER,
    } kind;
    int watch;
    uint32_t cookie;
    int name_length;
};

/// A descriptor for watches; negative where the system has none that tell of every name.
int kprod_watch_open(void);
/// Watches the folder of the thread's path; its number, which is the same for a folder that is watched already, or
/// negative.
int kprod_watch_add(int descriptor);
void kprod_watch_remove(int descriptor, int watch);
/// Waits for so many milliseconds for an event; at once with 0.
void kprod_watch_wait(int descriptor, int milliseconds);
/// The next event, without waiting. Until it says that there is nothing all calls must come from one thread.
struct kprod_watch_event kprod_watch_next(int descriptor);
/// A byte of the name that the last event is about.
int kprod_watch_name_byte(int offset);

#endif
