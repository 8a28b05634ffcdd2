/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* accept4 */
/* The other end of a connection, for peers that do what they should not. */
#include "process_support.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int peer_listen(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(listener, 64) == 0) return listener;
    close(listener);
    return -1;
}

int peer_accept(int listener) { return accept4(listener, 0, 0, SOCK_CLOEXEC); }

int peer_read(int connection, unsigned char *bytes, int count) {
    int done = 0;
    while (done < count) {
        ssize_t some = recv(connection, bytes + done, count - done, 0);
        if (some <= 0) return 0;
        done += some;
    }
    return 1;
}

int peer_write(int connection, const unsigned char *bytes, int count) {
    int done = 0;
    while (done < count) {
        /* The client may have hung up. */
        ssize_t some = send(connection, bytes + done, count - done, MSG_NOSIGNAL);
        if (some <= 0) return 0;
        done += some;
    }
    return 1;
}

void peer_shut(int socket) { shutdown(socket, SHUT_RDWR); }

void peer_close(int socket) { close(socket); }
