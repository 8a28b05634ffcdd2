/* SPDX-License-Identifier: Apache-2.0 */
/* What tests need of the process and Swift cannot say. */
#ifndef PROCESS_SUPPORT_H
#define PROCESS_SUPPORT_H

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
