/* SPDX-License-Identifier: Apache-2.0 */
/* Answers every connection as a web server would: not Kafka. */
#include "process_support.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void *serve(void *argument) {
    int listener = (int)(intptr_t)argument;
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    for (;;) {
        int connection = accept(listener, 0, 0);
        if (connection < 0) break;
        char request[512];
        if (read(connection, request, sizeof(request)) > 0) (void)!write(connection, answer, strlen(answer));
        close(connection);
    }
    close(listener);
    return 0;
}

int http_server_start(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    pthread_t thread;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(listener, 8) != 0 ||
        pthread_create(&thread, 0, serve, (void *)(intptr_t)listener) != 0)
        return -1;
    pthread_detach(thread);
    return listener;
}

int http_server_port(int listener) {
    struct sockaddr_in address = {0};
    socklen_t size = sizeof(address);
    return getsockname(listener, (struct sockaddr *)&address, &size) == 0 ? ntohs(address.sin_port) : -1;
}

void http_server_stop(int listener) { shutdown(listener, SHUT_RDWR); }
