// shim.h: the GNU multiple-precision library, as Swift sees it.
// SPDX-License-Identifier: Apache-2.0
#include <gmp.h>
