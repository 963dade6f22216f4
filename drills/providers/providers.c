/*
 * providers.c: the table of providers, in the order in which they are listed.
 */
#include "drills/providers/providers.h"

const struct rd_provider *const rd_providers[] = {
    &rd_provider_dump,
    &rd_provider_existing,
    NULL,
};
