/* For FailingFlushTests: a disk that loses what it was given. Loaded before libc; once the file PLEIAD_TEST_EIO exists, fsync of what lies in a folder "log" fails.
   Whoever looks the function up in libc by name gets this one too. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(int file)
{
    const char *when = getenv("PLEIAD_TEST_EIO");
    char link[64], path[4096];
    if (!when || access(when, F_OK) != 0)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return strstr(path, "/log/") != NULL;
}

int fsync(int file)
{
    if (fails(file)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fsync, file);
}

void *dlsym(void *library, const char *name)
{
    static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"};
    static void *(*next)(void *, const char *);
    if (strcmp(name, "fsync") == 0)
        return (void *)fsync;
    for (int i = 0; !next && i < 3; i++)
        next = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    return next ? next(library, name) : NULL;
}
