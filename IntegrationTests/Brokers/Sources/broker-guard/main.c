/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a broker for a test process and sees to it that the broker does not outlive it.

   broker-guard [--grace SECONDS] [--remove FOLDER] [--tmpfs FOLDER SIZE] LOG COMMAND [ARGUMENT...]

   Standard input is the lifeline: each byte is the number of a signal for the broker; at its end, which the kernel
   brings about even when the test process is killed, the broker is ended and FOLDER removed. Ends with the broker. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#endif

struct options {
    int grace;
    const char *removed, *tmpfs, *tmpfs_size;
};

static int fail(const char *what) {
    fprintf(stderr, "broker-guard: %s: %s\n", what, strerror(errno));
    return 126;
}

/* Only this process and its children see the disk: it goes when they do. */
static int mount_tmpfs(const char *folder, const char *size) {
#ifdef __linux__
    char option[64];
    snprintf(option, sizeof option, "size=%s", size);
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) return -1;
    return mount("tmpfs", folder, "tmpfs", 0, option);
#else
    (void)folder, (void)size;
    errno = ENOSYS;
    return -1;
#endif
}

static void on_child(int number) { (void)number; }

static pid_t start(char **command, int log, const sigset_t *mask) {
    pid_t guard = getpid(), broker = fork();
    if (broker != 0) return broker;
#ifdef __linux__
    /* Should the guard itself be killed. Its only thread is the parent, so this is not too early. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != guard) _exit(126);
    setpgid(0, 0);
    sigprocmask(SIG_SETMASK, mask, NULL);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0) _exit(126);
    execvp(command[0], command);
    fprintf(stderr, "broker-guard: %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

/* Returns when the broker has ended (its status) or the lifeline has (-1). */
static int watch(pid_t broker, const sigset_t *mask) {
    for (;;) {
        int status;
        if (waitpid(broker, &status, WNOHANG) == broker) return status;
        fd_set lifeline;
        FD_ZERO(&lifeline);
        FD_SET(0, &lifeline);
        /* SIGCHLD is let in only here: none is missed. */
        if (pselect(1, &lifeline, NULL, NULL, NULL, mask) < 0) continue;
        unsigned char number;
        ssize_t count = read(0, &number, 1);
        if (count == 0) return -1;
        if (count == 1) kill(broker, number);
    }
}

static void end(pid_t broker, int grace, const sigset_t *mask) {
    if (grace > 0) {
        kill(broker, SIGTERM);
        struct timespec limit = {.tv_sec = grace};
        /* Returns early with SIGCHLD. */
        pselect(0, NULL, NULL, NULL, &limit, mask);
    }
    /* Its group as well: what it started must not stay either. */
    kill(-broker, SIGKILL);
    kill(broker, SIGKILL);
    waitpid(broker, NULL, 0);
}

static char **parse(char **argument, struct options *options) {
    while (*argument && strncmp(*argument, "--", 2) == 0) {
        char *name = *argument++;
        if (strcmp(name, "--tmpfs") == 0 && argument[0] && argument[1]) {
            options->tmpfs = *argument++;
            options->tmpfs_size = *argument++;
        } else if (strcmp(name, "--remove") == 0 && *argument) {
            options->removed = *argument++;
        } else if (strcmp(name, "--grace") == 0 && *argument) {
            options->grace = atoi(*argument++);
        } else {
            return NULL;
        }
    }
    return argument[0] && argument[1] ? argument : NULL;
}

int main(int count, char **arguments) {
    (void)count;
    struct options options = {0};
    char **rest = parse(arguments + 1, &options);
    if (!rest) {
        fprintf(stderr, "usage: broker-guard [--grace SECONDS] [--remove FOLDER] [--tmpfs FOLDER SIZE] LOG COMMAND...\n");
        return 64;
    }
    /* Ctrl-C is for the tests: the lifeline tells when they are over. */
    setsid();
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    if (options.tmpfs && mount_tmpfs(options.tmpfs, options.tmpfs_size)) return fail("mounting a tmpfs");
    int log = open(rest[0], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0) return fail(rest[0]);

    struct sigaction action = {.sa_handler = on_child};
    sigaction(SIGCHLD, &action, NULL);
    sigset_t blocked, mask;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, &mask);
    sigdelset(&mask, SIGCHLD);
    pid_t broker = start(rest + 1, log, &mask);
    if (broker < 0) return fail("fork");

    int status = watch(broker, &mask);
    if (status >= 0) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    end(broker, options.grace, &mask);
    if (options.removed) execlp("rm", "rm", "-rf", "--", options.removed, (char *)NULL);
    return 0;
}
