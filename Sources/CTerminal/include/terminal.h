// SPDX-License-Identifier: Apache-2.0
#ifndef KPROD_TERMINAL_H
#define KPROD_TERMINAL_H

/// The width of the terminal at `descriptor` in columns; 0 when it is none or does not say.
int kprod_terminal_columns(int descriptor);

#endif
