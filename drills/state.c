/*
 * state.c: see state.h.
 */
#include "drills/state.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

int rd_state_folder(const char *wanted, struct rd_buf *out, struct rd_err *reterr)
{
    char here[PATH_MAX];
    const char *xdg = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");

    if (wanted != NULL && wanted[0] == '/') {
        rd_buf_puts(out, wanted);
    } else if (wanted != NULL) {
        if (getcwd(here, sizeof(here)) == NULL)
            return rd_err_errno(reterr, errno, "cannot tell the working folder");
        rd_buf_printf(out, "%s/%s", here, wanted);
    } else if (geteuid() == 0) {
        rd_buf_puts(out, "/var/lib/redrill");
    } else if (xdg != NULL && xdg[0] == '/') {
        rd_buf_printf(out, "%s/redrill", xdg);
    } else if (home != NULL && home[0] == '/') {
        rd_buf_printf(out, "%s/.local/state/redrill", home);
    } else {
        rd_err_set(reterr, RD_E_ARGUMENT, "there is no place for the state folder");
        rd_err_hint(reterr, "Set HOME, or name a folder with --state.");
        return RD_E_ARGUMENT;
    }
    return rd_buf_status(out, "the state folder's name", reterr);
}
