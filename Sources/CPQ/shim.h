// shim.h: PostgreSQL's C library, as Swift sees it.
// SPDX-License-Identifier: Apache-2.0
#include <libpq-fe.h>
