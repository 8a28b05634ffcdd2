/* SPDX-License-Identifier: Apache-2.0 */
/* What tests need of the process and Swift cannot say. */
#ifndef PROCESS_SUPPORT_H
#define PROCESS_SUPPORT_H

#include <stdint.h>

/* From now on name resolution of this process waits until resolver_release(). */
void resolver_hold(void);
void resolver_release(void);
/* How many threads wait in it now. */
int resolver_held_count(void);

/* fork, which Swift does not offer. */
int fork_process(void);
/* The exit status of a child, or -1 when it did not exit by itself. */
int wait_for_process(int pid);
/* Ends a forked child without running anybody's exit handlers. */
_Noreturn void exit_process(int status);

/* Whether the clocks of this process can be moved: not with sanitizers, nor on macOS. */
int clock_can_move(void);
/* From now on waits notice that the clock moves; before the first of them begins. */
void clock_watch(void);
/* Sets the time of day forwards, or back. */
void clock_step(int seconds);
/* What a process sees of a machine that slept: the time of day and the clock of boot went on, the monotonic one not. */
void clock_suspend(int seconds);

/* Whether the system can be made to refuse: not with sanitizers, nor on macOS. */
int shortage_can_be_made(void);
/* librdkafka and this project's code get so many threads, or descriptors of pipes and sockets, from now on; with -1 as many as
 * they like. */
void threads_allow(int count);
void descriptors_allow(int count);
/* How many were refused since. */
int threads_refused(void);
int descriptors_refused(void);
/* Stops this process in 0.1 s, for so long, and lets it go on; 0 when that will be. */
int process_stop(int milliseconds);

/* A web server on loopback, to be mistaken for a broker: its socket, or -1. */
int http_server_start(void);
int http_server_port(int listener);
void http_server_stop(int listener);

/* A listener on loopback, whose port http_server_port tells, or -1. */
int peer_listen(void);
/* Waits for a connection; -1 when the listener was shut. */
int peer_accept(int listener);
/* All of it, or 0 when the other end is gone. */
int peer_read(int connection, unsigned char *bytes, int count);
int peer_write(int connection, const unsigned char *bytes, int count);
/* Ends every call that waits for it. */
void peer_shut(int socket);
void peer_close(int socket);

#endif
