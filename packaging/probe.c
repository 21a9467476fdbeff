// Stands in for a program of the bundle in packaging/check: says how it was started, and ends as it is told.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int count, char** arguments) {
    char process[16] = "";
    prctl(PR_GET_NAME, process);
    printf("argv0 [%s] process [%s]", arguments[0], process);
    for (int i = 1; i < count; ++i) printf(" [%s]", arguments[i]);
    printf("\n");
    fflush(stdout);
    if (count > 2 && strcmp(arguments[1], "exit") == 0) return atoi(arguments[2]);
    if (count > 1 && strcmp(arguments[1], "wait") == 0) pause();
    return 0;
}
