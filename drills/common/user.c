/*
 * user.c: see user.h.
 */
#include "drills/common/user.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Without a wish the first of these that exists. */
static const char *const user_names[] = {"redrill", "nobody"};

static void user_fill(const struct passwd *entry, bool change, struct rd_user *ret_user)
{
    *ret_user = (struct rd_user){.uid = entry->pw_uid, .gid = entry->pw_gid, .change = change};
    snprintf(ret_user->name, sizeof(ret_user->name), "%s", entry->pw_name);
}

/* *ret_entry is NULL when there is no such user, which the C library tells in several ways. */
static int user_look_up(const char *name, const struct passwd **ret_entry, struct rd_err *reterr)
{
    errno = 0;
    *ret_entry = getpwnam(name);
    if (*ret_entry != NULL || errno == 0 || errno == ENOENT || errno == ESRCH || errno == EBADF ||
        errno == EPERM)
        return RD_OK;
    return rd_err_errno(reterr, errno, "cannot look up the user '%s'", name);
}

static int user_myself(const char *wanted, struct rd_user *ret_user, struct rd_err *reterr)
{
    const struct passwd *entry = getpwuid(geteuid());
    struct rd_user user = {.uid = geteuid(), .gid = getegid()};

    if (entry != NULL)
        snprintf(user.name, sizeof(user.name), "%s", entry->pw_name);
    else
        snprintf(user.name, sizeof(user.name), "%u", (unsigned)user.uid);
    if (wanted != NULL && strcmp(wanted, user.name) != 0) {
        int code =
            rd_err_set(reterr, RD_E_ARGUMENT, "only root can run a server as user '%s'", wanted);
        rd_err_hint(reterr, "Run redrill as root or as that user, or leave the user out.");
        return code;
    }
    *ret_user = user;
    return RD_OK;
}

static int user_wanted(const char *wanted, struct rd_user *ret_user, struct rd_err *reterr)
{
    const struct passwd *entry = NULL;

    int code = user_look_up(wanted, &entry, reterr);
    if (code != RD_OK)
        return code;
    if (entry == NULL)
        return rd_err_set(reterr, RD_E_NOT_FOUND, "user '%s' does not exist", wanted);
    if (entry->pw_uid == 0) {
        code = rd_err_set(reterr, RD_E_ARGUMENT, "a server cannot run as user '%s'", wanted);
        rd_err_hint(reterr, "PostgreSQL refuses root; name a user without privileges.");
        return code;
    }
    user_fill(entry, true, ret_user);
    return RD_OK;
}

int rd_user_resolve(const char *wanted, struct rd_user *ret_user, struct rd_err *reterr)
{
    if (geteuid() != 0)
        return user_myself(wanted, ret_user, reterr);
    if (wanted != NULL)
        return user_wanted(wanted, ret_user, reterr);

    for (size_t i = 0; i < RD_COUNT(user_names); i++) {
        const struct passwd *entry = NULL;
        int code = user_look_up(user_names[i], &entry, reterr);
        if (code != RD_OK)
            return code;
        if (entry != NULL && entry->pw_uid != 0) {
            user_fill(entry, true, ret_user);
            return RD_OK;
        }
    }
    int code = rd_err_set(reterr, RD_E_NOT_FOUND, "there is no user '%s' to run servers as",
                          user_names[0]);
    rd_err_hint(reterr, "PostgreSQL refuses root. Create one: useradd --system redrill.");
    return code;
}
