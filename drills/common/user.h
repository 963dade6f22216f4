/*
 * user.h: who children run as. PostgreSQL refuses root, so under root servers and clients run as
 * someone without privileges.
 */
#ifndef RD_USER_H
#define RD_USER_H

#include <sys/types.h>

#include "drills/common/err.h"

enum { RD_USER_TEXT = 257 };

struct rd_user {
    uid_t uid;
    gid_t gid;
    char name[RD_USER_TEXT]; /* the number, for a user that this machine has no name for */
    bool change;             /* redrill is root and the child must not be */
};

/*
 * Root: the user `wanted`, else `redrill` where it exists, else `nobody`; never root itself.
 * Anybody else can only be himself, and RD_E_ARGUMENT tells so when another is wanted. `wanted` may
 * be NULL. RD_E_NOT_FOUND for a user that does not exist.
 */
int rd_user_resolve(const char *wanted, struct rd_user *ret_user,
                    struct rd_err *reterr) RD_MUST_CHECK;

#endif
