// SPDX-License-Identifier: Apache-2.0
#include "ckprod.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static _Thread_local char path[PATH_MAX];
static _Thread_local size_t length;

const char *kprod_path(void);

void kprod_path_begin(void) { length = 0; }

void kprod_path_add(uint8_t byte) {
    // One byte too many is kept, and found by the calls below.
    if (length < sizeof path) path[length++] = (char)byte;
}

/// Ends the path; 0 if it can be one.
static int finish(void) {
    if (length == sizeof path) return ENAMETOOLONG;
    path[length] = 0;
    return 0;
}

/// For other files of this module: the path, or NULL if it is none.
const char *kprod_path(void) { return finish() == 0 ? path : 0; }

int kprod_path_open(bool is_written, bool is_patient) {
    int error = finish();
    if (error) return -error;
    int flags = (is_written ? O_WRONLY | O_CREAT | O_APPEND : O_RDONLY) | O_CLOEXEC | O_NOCTTY;
    if (!is_patient) flags |= O_NONBLOCK;
    int descriptor;
    do descriptor = open(path, flags, 0666);
    while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? -errno : descriptor;
}

static struct kprod_file_status answer(int result, const struct stat *status) {
    struct kprod_file_status answer = {.error = result == 0 ? 0 : errno};
    if (result != 0) return answer;
    mode_t kind = status->st_mode & S_IFMT;
    answer.is_regular = kind == S_IFREG;
    answer.is_directory = kind == S_IFDIR;
    answer.is_pipe = kind == S_IFIFO;
    answer.is_stream = kind == S_IFIFO || kind == S_IFCHR || kind == S_IFSOCK;
    answer.device = (uint64_t)status->st_dev;
    answer.inode = (uint64_t)status->st_ino;
    answer.size = (int64_t)status->st_size;
    answer.mode = (uint32_t)status->st_mode;
    return answer;
}

struct kprod_file_status kprod_path_status(void) {
    int error = finish();
    if (error) return (struct kprod_file_status){.error = error};
    struct stat status;
    return answer(stat(path, &status), &status);
}

bool kprod_path_is_readable(void) { return finish() == 0 && access(path, R_OK) == 0; }

struct kprod_file_status kprod_descriptor_status(int descriptor) {
    struct stat status;
    return answer(fstat(descriptor, &status), &status);
}
