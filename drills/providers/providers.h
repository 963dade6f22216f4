/*
 * providers.h: the providers that redrill comes with, a file each.
 */
#ifndef RD_PROVIDERS_H
#define RD_PROVIDERS_H

#include "drills/common/provider.h"

extern const struct rd_provider rd_provider_dump;
extern const struct rd_provider rd_provider_existing;

#endif
